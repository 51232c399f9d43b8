# cmake --install gives the headers and a package: find_package(kiln) has kiln::kiln, kiln::io and kiln::native.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package ${CMAKE_INSTALL_DATADIR}/cmake/kiln)

install(DIRECTORY include/kiln DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(TARGETS kiln kiln_io kiln_native EXPORT kilnTargets)
install(EXPORT kilnTargets NAMESPACE kiln:: DESTINATION ${package})

configure_package_config_file(cmake/kilnConfig.cmake.in kilnConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(kilnConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/kilnConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/kilnConfigVersion.cmake
              cmake/lanes.cmake cmake/libdeflate.cmake
        DESTINATION ${package})
