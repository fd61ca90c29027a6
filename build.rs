//! How the C library is linked; it is the build script of `bindings/c`. Nothing is generated here:
//! the header is committed, and a test keeps it in step.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=../../build.rs");
    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => {
            // It carries the major number of the ABI alone.
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,{SONAME}");
            link_for_the_loader();
            // A host that binds symbols late must not find a hole in the middle of a call.
            // The coverage counters of a fuzzer are defined in the program that it links.
            if env::var_os("CARGO_CFG_FUZZING").is_none() {
                println!("cargo::rustc-cdylib-link-arg=-Wl,-z,defs");
            }
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,now");
            // Rust's standard library never gives its thread-local keys back. A host that
            // unloads and loads a plug-in a thousand times would run out of them and be aborted,
            // and a key's destructor would be code that is gone. So the library stays where it
            // is when it is closed.
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        Ok("macos") => {
            // Found beside the program, wherever that is installed.
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libymchat.dylib");
        }
        Ok("windows") if env::var("CARGO_CFG_TARGET_ENV").as_deref() == Ok("gnu") => {
            match version_resource() {
                Ok(object) => println!("cargo::rustc-cdylib-link-arg={}", object.display()),
                Err(error) => println!("cargo::warning=the DLL names no version: {error}"),
            }
        }
        _ => {}
    }
}

/// What the properties of the DLL's file show, as an object file for the linker.
fn version_resource() -> Result<PathBuf, String> {
    let variable = |name| env::var(name).map_err(|error| format!("{name}: {error}"));
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
      VALUE "InternalName", "ymchat"
      VALUE "LegalCopyright", "{license}"
      VALUE "OriginalFilename", "ymchat.dll"
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

const SONAME: &str = "libymchat.so.0";

/// A program that was linked with `libymchat.so` asks the loader for its soname, and cargo knows
/// nothing of that: beside the library, and beside the one of the tests, a link has that name.
#[cfg(unix)]
fn link_for_the_loader() {
    // target/release/build/ymchat-c-…/out
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    let Some(profile) = Path::new(&out).ancestors().nth(3) else { return };
    for directory in [profile.to_owned(), profile.join("deps")] {
        let link = directory.join(SONAME);
        if directory.is_dir()
            && !link.is_symlink()
            && let Err(error) = std::os::unix::fs::symlink("libymchat.so", &link)
        {
            println!("cargo::warning=no link {}: {error}", link.display());
        }
    }
}

#[cfg(not(unix))]
fn link_for_the_loader() {}
