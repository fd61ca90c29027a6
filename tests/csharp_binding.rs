//! bindings/csharp/YmChat.cs: compiled as C# 5 by Mono, and run against the simulated Market. The tests
//! themselves are in tests/csharp.
//!
//! Where Mono is not installed nothing can be tested, and that is said. Where `dotnet` is installed the
//! same programs run on it, too, and its SDK compiles the project; where not, that is said.
#![cfg(target_os = "linux")]

mod hosts;
#[path = "common/inbox.rs"]
mod inbox;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hosts::{Servers, is_installed, library, program, root, run, say, scratch, text};

const BINDING: &str = "bindings/csharp/YmChat.cs";

/// Whether Mono is there. Says what was not run, if it is not.
fn has_mono(test: &str) -> bool {
    let installed = is_installed("mcs", "--version") && is_installed("mono", "--version");
    if !installed {
        say(&format!("NOT RUN: csharp_binding::{test}, because Mono (mono-mcs) is not installed"));
    }
    installed
}

/// What runs a program: Mono, and .NET where it is installed.
fn runtimes(test: &str) -> Vec<&'static [&'static str]> {
    let mut runtimes: Vec<&[&str]> = vec![&["mono", "--debug"]];
    if is_installed("dotnet", "--list-runtimes") {
        runtimes.push(&["dotnet"]);
    } else {
        say(&format!("NOT RUN: csharp_binding::{test} on .NET, because dotnet is not installed"));
    }
    runtimes
}

/// Lets `dotnet` run a program that Mono has compiled, on whichever version is there.
fn allow_dotnet(program: &Path) {
    let config = r#"{"runtimeOptions": {"rollForward": "LatestMajor",
        "framework": {"name": "Microsoft.NETCore.App", "version": "3.1.0"},
        "configProperties": {"System.Globalization.Invariant": true}}}"#;
    fs::write(program.with_extension("runtimeconfig.json"), config).unwrap();
}

fn mcs(arguments: &[&str]) -> Output {
    let mut command = Command::new("mcs");
    command.args(["-langversion:5", "-warn:4", "-warnaserror"]).args(arguments);
    program::run(command.current_dir(root()))
}

/// Compiles a program together with the binding, without a warning.
fn compile(source: &str, directory: &Path) -> PathBuf {
    let stem = Path::new(source).file_stem().unwrap().to_str().unwrap();
    let program = directory.join(stem).with_extension("exe");
    let out = format!("-out:{}", program.display());
    let output = mcs(&[&out, "-r:System.Core.dll", source, BINDING]);
    assert!(output.status.success(), "{}", text(&output));
    allow_dotnet(&program);
    program
}

#[test]
fn each_public_member_is_documented() {
    if !has_mono("each_public_member_is_documented") {
        return;
    }
    let directory = scratch("csharp/library");
    let out = format!("-out:{}", directory.join("YmChat.dll").display());
    let doc = format!("-doc:{}", directory.join("YmChat.xml").display());
    // What lacks documentation, or refers to what is not there, is a warning, and so an error.
    let output = mcs(&["-target:library", &out, &doc, BINDING]);
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn every_operation_failure_and_misuse() {
    if !has_mono("every_operation_failure_and_misuse") {
        return;
    }
    let source = "tests/csharp/Market.cs";
    let program = compile(source, &scratch("csharp/market"));
    let listed = fs::read_to_string(root().join(source)).unwrap();
    let (_, list) = listed.split_once("var tests = new Action[]").unwrap();
    let tests = list.split('}').next().unwrap().matches(",\n").count();
    assert!(tests > 10, "the list of tests is not where it was");
    for runtime in runtimes("every_operation_failure_and_misuse") {
        let servers = Servers::start();
        let output = run(&[runtime, &[program.to_str().unwrap()]].concat(), &servers.settings());
        let said = text(&output);
        assert!(output.status.success(), "{runtime:?}: {}\n{said}", output.status);
        assert!(said.contains(&format!("{tests} tests, 0 failures\n")), "{runtime:?}:\n{said}");
    }
}

#[test]
fn a_library_that_does_not_fit_is_refused() {
    if !has_mono("a_library_that_does_not_fit_is_refused") {
        return;
    }
    let directory = scratch("csharp/misfits");
    let program = compile("tests/csharp/Loading.cs", &directory);
    for (file, words) in hosts::misfits(&directory) {
        let name = file.to_str().unwrap();
        let settings = [("YMCHAT_LIBRARY", name.to_owned())];
        let said = text(&run(&["mono", program.to_str().unwrap()], &settings));
        assert!(said.starts_with("YmChatLibraryException: ymchat: "), "{said}");
        assert!(said.contains(words) && said.contains(name), "{said}");
    }
}

/// That of the process's architecture, whatever lies beside it.
#[test]
fn the_library_is_found_beside_the_program() {
    if !has_mono("the_library_is_found_beside_the_program") {
        return;
    }
    let name = library().file_name().unwrap().to_owned();
    // A variable that is set and empty is as good as none.
    let settings = [("YMCHAT_LIBRARY", String::new())];
    for folder in ["x64", "runtimes/linux-x64/native", ""] {
        let directory = scratch(&format!("csharp/beside-{}", folder.replace('/', "-")));
        let program = compile("tests/csharp/Loading.cs", &directory);
        let start = || text(&run(&["mono", program.to_str().unwrap()], &settings));
        let said = start();
        assert!(said.contains(" cannot be loaded: ") && said.contains(" of 64 bits"), "{said}");

        // It is no library; a process of 64 bits does not even look at it.
        fs::create_dir_all(directory.join("x86")).unwrap();
        fs::write(directory.join("x86").join(&name), "of 32 bits").unwrap();
        fs::create_dir_all(directory.join(folder)).unwrap();
        fs::copy(library(), directory.join(folder).join(&name)).unwrap();
        assert_eq!(start(), format!("version {}\n", env!("CARGO_PKG_VERSION")), "{folder}");
    }
}

#[test]
fn the_inbox_prints_the_transcript() {
    if !has_mono("the_inbox_prints_the_transcript") {
        return;
    }
    let program = compile("examples/inbox.cs", &scratch("csharp/inbox"));
    for runtime in runtimes("the_inbox_prints_the_transcript") {
        let folder = inbox::fresh_folder("inbox-csharp");
        let command = |arguments: &[&str]| {
            let mut command = hosts::command(runtime);
            command.arg(&program).arg(folder.join("inbox.txt")).args(arguments);
            command
        };
        inbox::is_the_transcript(&inbox::conversation(command, &folder));
    }
}

#[test]
fn the_quickstart_prints_the_transcript() {
    if !has_mono("the_quickstart_prints_the_transcript") {
        return;
    }
    let program = compile("examples/quickstart.cs", &scratch("csharp/quickstart"));
    for runtime in runtimes("the_quickstart_prints_the_transcript") {
        hosts::quickstart(&[runtime, &[program.to_str().unwrap()]].concat());
    }
}

#[test]
fn the_examples_of_the_readme_compile() {
    if !has_mono("the_examples_of_the_readme_compile") {
        return;
    }
    let readme = fs::read_to_string(root().join("bindings/csharp/README.md")).unwrap();
    let examples: Vec<_> = readme.split("```csharp\n").skip(1).collect();
    assert!(!examples.is_empty(), "the README has no example");
    for example in examples {
        let directory = scratch("csharp/readme");
        let source = directory.join("First.cs");
        fs::write(&source, example.split("```").next().unwrap()).unwrap();
        compile(source.to_str().unwrap(), &directory);
    }
}

/// NuGet's layout, made without NuGet: what is in it, and a program that uses it.
#[test]
fn the_package_holds_what_a_program_needs() {
    if !has_mono("the_package_holds_what_a_program_needs") {
        return;
    }
    let directory = scratch("csharp/package");
    let native = directory.join("natives/linux-x64");
    fs::create_dir_all(&native).unwrap();
    fs::copy(library(), native.join("libymchat.so")).unwrap();
    let natives = directory.join("natives");
    let mut pack = Command::new("python3");
    pack.arg(root().join("bindings/csharp/pack.py")).args([
        "--natives",
        natives.to_str().unwrap(),
        "--out",
        directory.to_str().unwrap(),
    ]);
    program::succeed(&mut pack);
    let package = directory.join(format!("YmChat.{}.nupkg", env!("CARGO_PKG_VERSION")));
    let unpacked = directory.join("unpacked");
    let mut unzip = Command::new("python3");
    unzip.args(["-m", "zipfile", "-e", package.to_str().unwrap(), unpacked.to_str().unwrap()]);
    program::succeed(&mut unzip);
    for file in [
        "YmChat.nuspec",
        "[Content_Types].xml",
        "_rels/.rels",
        "README.md",
        "lib/net40/YmChat.dll",
        "lib/net40/YmChat.xml",
        "build/net40/YmChat.targets",
        "runtimes/linux-x64/native/libymchat.so",
    ] {
        assert!(unpacked.join(file).is_file(), "no {file} in the package");
    }

    let program = directory.join("Loading.exe");
    fs::copy(unpacked.join("lib/net40/YmChat.dll"), directory.join("YmChat.dll")).unwrap();
    let (out, reference) =
        (format!("-out:{}", program.display()), format!("-r:{}/YmChat.dll", directory.display()));
    let output = mcs(&[&out, &reference, "tests/csharp/Loading.cs"]);
    assert!(output.status.success(), "{}", text(&output));
    fs::rename(unpacked.join("runtimes"), directory.join("runtimes")).unwrap();
    let said =
        text(&run(&["mono", program.to_str().unwrap()], &[("YMCHAT_LIBRARY", String::new())]));
    assert_eq!(said, format!("version {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_project_builds_for_dotnet() {
    if !is_installed("dotnet", "--version") {
        say(
            "NOT RUN: csharp_binding::the_project_builds_for_dotnet, because dotnet is not installed",
        );
        return;
    }
    let directory = scratch("csharp/dotnet");
    let mut build = Command::new("dotnet");
    build
        .args(["build", "bindings/csharp/YmChat.csproj", "-warnaserror", "-o"])
        .arg(&directory)
        .current_dir(root());
    program::succeed(&mut build);
    assert!(directory.join("YmChat.dll").is_file());
}
