# Turns the tree that CPack staged into what Debian's policy asks of a package: compressed manual and changelog, zsh's
# completions where Debian's zsh looks. Run by CPack before it packs.

if(NOT CPACK_PACKAGE_CONTACT MATCHES "^.+ <[^ <>]+@[^ <>]+>$")
  message(FATAL_ERROR "A Debian package names who made it: configure with -DPACKAGER='Name <address>', or set "
    "DEBFULLNAME and DEBEMAIL")
endif()
set(staged ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)

file(MAKE_DIRECTORY ${staged}/zsh/vendor-completions)
file(RENAME ${staged}/zsh/site-functions/_stackcheck ${staged}/zsh/vendor-completions/_stackcheck)
file(REMOVE_RECURSE ${staged}/zsh/site-functions)

# SOURCE_DATE_EPOCH, when it is set, makes two builds of one commit equal.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${staged}/doc/stackcheck/changelog.Debian
"stackcheck (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Version ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
execute_process(COMMAND gzip -9n ${staged}/doc/stackcheck/changelog.Debian ${staged}/man/man1/stackcheck.1
  COMMAND_ERROR_IS_FATAL ANY)
file(CHMOD_RECURSE ${staged}/doc/stackcheck FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ
  DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
