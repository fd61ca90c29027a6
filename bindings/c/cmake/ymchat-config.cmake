# find_package(ymchat) gives two targets; both bring ymchat.h and, for C++, ymchat.hpp:
#
#     ymchat::ymchat     the shared library
#     ymchat::static     the static library, and what it needs of the system
#
# It stands in <prefix>/share/cmake/ymchat or in <prefix>/<libdir>/cmake/ymchat.

include(CMakeFindDependencyMacro)

get_filename_component(_ymchat_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

find_path(ymchat_INCLUDE_DIR ymchat.h
    HINTS "${_ymchat_prefix}/include" "${_ymchat_prefix}/../include" NO_CACHE)
set(_ymchat_lib_dirs
    "${_ymchat_prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}" "${_ymchat_prefix}/lib"
    "${_ymchat_prefix}/lib64" "${_ymchat_prefix}/${CMAKE_LIBRARY_ARCHITECTURE}"
    "${_ymchat_prefix}")
find_library(ymchat_LIBRARY NAMES ymchat ymchat.dll HINTS ${_ymchat_lib_dirs} NO_CACHE)
find_library(ymchat_STATIC_LIBRARY NAMES libymchat.a ymchat.lib HINTS ${_ymchat_lib_dirs} NO_CACHE)

if(NOT ymchat_INCLUDE_DIR OR NOT (ymchat_LIBRARY OR ymchat_STATIC_LIBRARY))
    set(ymchat_FOUND FALSE)
    set(ymchat_NOT_FOUND_MESSAGE "ymchat.h or libymchat is not below ${_ymchat_prefix}")
    return()
endif()

if(ymchat_LIBRARY AND NOT TARGET ymchat::ymchat)
    add_library(ymchat::ymchat UNKNOWN IMPORTED)
    set_target_properties(ymchat::ymchat PROPERTIES
        IMPORTED_LOCATION "${ymchat_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${ymchat_INCLUDE_DIR}")
endif()

if(ymchat_STATIC_LIBRARY AND NOT TARGET ymchat::static)
    set(THREADS_PREFER_PTHREAD_FLAG ON)
    find_dependency(Threads)
    add_library(ymchat::static UNKNOWN IMPORTED)
    set_target_properties(ymchat::static PROPERTIES
        IMPORTED_LOCATION "${ymchat_STATIC_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${ymchat_INCLUDE_DIR}")
    target_link_libraries(ymchat::static INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
    if(WIN32)
        target_link_libraries(ymchat::static INTERFACE ws2_32 ntdll userenv bcrypt crypt32 secur32)
    elseif(APPLE)
        target_link_libraries(ymchat::static INTERFACE "-framework Security"
            "-framework CoreFoundation")
    else()
        target_link_libraries(ymchat::static INTERFACE m)
    endif()
endif()

unset(_ymchat_prefix)
unset(_ymchat_lib_dirs)
