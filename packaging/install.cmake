# What `cmake --install` puts where, and the Debian package that CPack makes of it. The program finds its worker and its
# data relative to itself (analyzer/places.c), so an installed tree may be moved as a whole.

install(TARGETS stackcheck RUNTIME DESTINATION bin)
install(TARGETS stackcheck-worker RUNTIME DESTINATION libexec/stackcheck)
install(DIRECTORY rules/platforms DESTINATION share/stackcheck)
install(DIRECTORY reports/schemas DESTINATION share/stackcheck)
install(FILES stackcheck.1 DESTINATION share/man/man1)
install(FILES README.md DESTINATION share/doc/stackcheck)
install(DIRECTORY docs/ DESTINATION share/doc/stackcheck)
install(FILES LICENSE DESTINATION share/doc/stackcheck RENAME copyright)

# find_package(stackcheck) defines stackcheck_add_gate().
include(CMakePackageConfigHelpers)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/stackcheck-config-version.cmake
  COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES docs/ci/stackcheck.cmake DESTINATION share/cmake/stackcheck RENAME stackcheck-config.cmake)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/stackcheck-config-version.cmake DESTINATION share/cmake/stackcheck)

# Completion scripts, written by the program itself, under the names that the shells look for.
set(completions ${CMAKE_CURRENT_BINARY_DIR}/completions)
foreach(shell_and_file bash/stackcheck zsh/_stackcheck fish/stackcheck.fish)
  get_filename_component(shell ${shell_and_file} DIRECTORY)
  add_custom_command(OUTPUT ${completions}/${shell_and_file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}/${shell}
    COMMAND stackcheck completion ${shell} > ${completions}/${shell_and_file} DEPENDS stackcheck VERBATIM)
  list(APPEND completion_files ${completions}/${shell_and_file})
endforeach()
add_custom_target(completions ALL DEPENDS ${completion_files})
install(FILES ${completions}/bash/stackcheck DESTINATION share/bash-completion/completions)
install(FILES ${completions}/zsh/_stackcheck DESTINATION share/zsh/site-functions)
install(FILES ${completions}/fish/stackcheck.fish DESTINATION share/fish/vendor_completions.d)

# `cpack -G DEB` in the build folder. A package names who made it: as Debian's own tools do, from the environment.
if(DEFINED ENV{DEBFULLNAME} AND DEFINED ENV{DEBEMAIL})
  set(packager "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()
set(PACKAGER "${packager}" CACHE STRING "Name <address> of who makes the package; $DEBFULLNAME and $DEBEMAIL by default")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "${PACKAGER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "worst-case kernel stack use of drivers in C")
set(CPACK_PACKAGE_DESCRIPTION "stackcheck reads how the sources of a driver are compiled, measures each
stack frame and each call in the machine code, and reports the deepest
path below every entry point, function by function. A gate for pull
requests says what a change made worse.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The worker runs the clang program of the version that it is linked with.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "clang-${LLVM_MAJOR}")
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
