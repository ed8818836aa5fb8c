# stackcheck_add_gate(NAME
#   [BASE REF|RUN|FILE]     what to compare with; on a merge commit of a CI service its first parent, when not given
#   [PATHS PATH...]         only units below these
#   [OUTPUTS FILE...]       reports to write, in the formats that their names say; relative to the build folder
#   [DEPENDS TARGET...]     targets that generate sources or headers, and the ones whose objects are to be read
#   [OPTIONS OPTION...])    more options of `stackcheck gate`, such as --budget=6144
#
# Adds a target that fails when the change made the use of the kernel stack worse. It is no part of ALL:
#
#   find_package(stackcheck REQUIRED)                  # before the targets whose sources are to be measured
#   add_library(driver OBJECT driver.c)
#   stackcheck_add_gate(stack_gate BASE origin/main)   # cmake --build build --target stack_gate
#
# stackcheck is looked for beside an installed copy of this file, then in PATH; -DSTACKCHECK=PROGRAM says otherwise.

find_program(STACKCHECK stackcheck HINTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin" DOC "The stackcheck program")

# Which commands compile what: written for targets that are made from here on.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

function(stackcheck_add_gate name)
  cmake_parse_arguments(PARSE_ARGV 1 gate "" "BASE" "PATHS;OUTPUTS;DEPENDS;OPTIONS")
  if(gate_UNPARSED_ARGUMENTS OR gate_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "stackcheck_add_gate: cannot understand ${gate_UNPARSED_ARGUMENTS} "
      "${gate_KEYWORDS_MISSING_VALUES}")
  endif()
  if(NOT STACKCHECK)
    message(FATAL_ERROR "stackcheck_add_gate: stackcheck is not in PATH; give -DSTACKCHECK=PROGRAM")
  endif()
  if(NOT CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
    message(FATAL_ERROR "stackcheck_add_gate: the generator ${CMAKE_GENERATOR} writes no compile_commands.json; "
      "Ninja and Makefiles do")
  endif()
  if(gate_BASE)
    list(APPEND arguments --base ${gate_BASE})
  endif()
  foreach(path IN LISTS gate_PATHS)
    get_filename_component(path ${path} ABSOLUTE)
    list(APPEND paths ${path})
  endforeach()
  foreach(output IN LISTS gate_OUTPUTS)
    list(APPEND arguments -o ${output})
  endforeach()
  # The root is left to stackcheck: it is the folder with .git, which may be above this project.
  add_custom_target(${name}
    COMMAND ${STACKCHECK} gate -p ${CMAKE_BINARY_DIR}/compile_commands.json ${arguments} ${gate_OPTIONS} ${paths}
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR} USES_TERMINAL VERBATIM)
  if(gate_DEPENDS)
    add_dependencies(${name} ${gate_DEPENDS})
  endif()
endfunction()
