# The version is that of the installed header, so that it stands in one place.

foreach(_ymchat_up "../../.." "../../../..")
    set(_ymchat_header "${CMAKE_CURRENT_LIST_DIR}/${_ymchat_up}/include/ymchat.h")
    if(EXISTS "${_ymchat_header}")
        break()
    endif()
endforeach()

set(PACKAGE_VERSION "0")
if(EXISTS "${_ymchat_header}")
    file(STRINGS "${_ymchat_header}" _ymchat_line REGEX "^#define YMCHAT_VERSION \"" LIMIT_COUNT 1)
    string(REGEX REPLACE ".*\"(.*)\".*" "\\1" PACKAGE_VERSION "${_ymchat_line}")
endif()

# Until 1.0 each minor version may break what stood before it.
set(PACKAGE_VERSION_COMPATIBLE FALSE)
set(PACKAGE_VERSION_EXACT FALSE)
string(REGEX MATCH "^[0-9]+\\.[0-9]+" _ymchat_have "${PACKAGE_VERSION}")
string(REGEX MATCH "^[0-9]+(\\.[0-9]+)?" _ymchat_want "${PACKAGE_FIND_VERSION}")
if(PACKAGE_VERSION VERSION_GREATER_EQUAL PACKAGE_FIND_VERSION
   AND (_ymchat_have VERSION_EQUAL _ymchat_want OR PACKAGE_FIND_VERSION STREQUAL ""))
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
    if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
        set(PACKAGE_VERSION_EXACT TRUE)
    endif()
endif()
