//! What the properties of a DLL's file show: name, version, license. For build scripts.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

/// Links it in; where that is not possible, the DLL names no version, and cargo says why.
pub fn link(name: &str, file: &str) {
    // Microsoft's linker would take another form of it.
    if env::var("CARGO_CFG_TARGET_ENV").as_deref() != Ok("gnu") {
        return;
    }
    match compile(name, file) {
        Ok(object) => println!("cargo::rustc-cdylib-link-arg={}", object.display()),
        Err(error) => println!("cargo::warning=the DLL names no version: {error}"),
    }
}

/// The object file for the linker.
fn compile(name: &str, file: &str) -> Result<PathBuf, String> {
    let variable = |key| env::var(key).map_err(|error| format!("{key}: {error}"));
    let version = variable("CARGO_PKG_VERSION")?;
    let numbers = ["MAJOR", "MINOR", "PATCH"]
        .map(|part| env::var(format!("CARGO_PKG_VERSION_{part}")).unwrap_or_default())
        .join(",");
    let description = variable("CARGO_PKG_DESCRIPTION")?;
    // 0x40004 is Windows NT, 2 a DLL, 0409 and 04B0 are English in Unicode.
    let source = format!(
        r#"1 VERSIONINFO
FILEVERSION {numbers},0
PRODUCTVERSION {numbers},0
FILEOS 0x40004
FILETYPE 2
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904B0"
    BEGIN
      VALUE "FileDescription", "{description}"
      VALUE "FileVersion", "{version}"
      VALUE "InternalName", "{name}"
      VALUE "LegalCopyright", "{license}"
      VALUE "OriginalFilename", "{file}"
      VALUE "ProductName", "ymchat"
      VALUE "ProductVersion", "{version}"
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x0409, 0x04B0
  END
END
"#,
        license = variable("CARGO_PKG_LICENSE")?,
    );
    let out = PathBuf::from(variable("OUT_DIR")?);
    let (script, object) = (out.join("version.rc"), out.join("version.o"));
    fs::write(&script, source).map_err(|error| format!("{}: {error}", script.display()))?;
    let family = match variable("CARGO_CFG_TARGET_ARCH")?.as_str() {
        "x86" => "i686".to_owned(),
        other => other.to_owned(),
    };
    let mut reason = String::new();
    for windres in [format!("{family}-w64-mingw32-windres"), "windres".to_owned()] {
        let status = Command::new(&windres).arg(&script).arg(&object).status();
        match status {
            Ok(status) if status.success() => return Ok(object),
            Ok(status) => return Err(format!("{windres}: {status}")),
            Err(error) => reason = format!("{windres}: {error}"),
        }
    }
    Err(reason)
}
