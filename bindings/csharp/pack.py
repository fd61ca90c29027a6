#!/usr/bin/env python3
"""Makes the NuGet package YmChat.VERSION.nupkg, without NuGet and without a network.

    pack.py --natives DIRECTORY [--out DIRECTORY]

DIRECTORY/RID/ holds the shared library of each platform: win-x64/ymchat.dll, win-x86/ymchat.dll,
linux-x64/libymchat.so, … The assembly for the .NET Framework is compiled by mcs; that for .NET is taken
from `dotnet build -c Release bindings/csharp/YmChat.csproj`, where that was run, and otherwise left out.
"""

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMESPACE = "{http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd}"
LIBRARIES = {"ymchat.dll", "libymchat.so", "libymchat.dylib"}

CONTENT_TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
{}
</Types>
"""

RELATIONSHIPS = """<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/YmChat.nuspec" Id="manifest" />
</Relationships>
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes the NuGet package, offline.")
    parser.add_argument("--natives", type=Path, required=True, help="RID/library of each platform")
    parser.add_argument("--out", type=Path, default=Path("."), help="where the package goes")
    arguments = parser.parse_args()

    files = {"YmChat.nuspec": (HERE / "YmChat.nuspec").read_bytes()}
    files["README.md"] = (HERE / "README.md").read_bytes()
    files["build/net40/YmChat.targets"] = (HERE / "YmChat.targets").read_bytes()
    files.update(assemblies())
    natives = sorted(f for f in arguments.natives.glob("*/*") if f.name in LIBRARIES)
    if not natives:
        sys.exit(f"pack: no library in {arguments.natives}: put one into a directory named as its platform")
    for library in natives:
        files[f"runtimes/{library.parent.name}/native/{library.name}"] = library.read_bytes()

    version = xml.parse(HERE / "YmChat.nuspec").find(f"{NAMESPACE}metadata/{NAMESPACE}version").text
    package = arguments.out / f"YmChat.{version}.nupkg"
    write(package, files)
    print(f"{package}: {', '.join(sorted(files))}")
    return 0


def assemblies() -> "dict[str, bytes]":
    """lib/: for the .NET Framework always, for .NET where it was built."""
    found = {}
    with tempfile.TemporaryDirectory() as directory:
        made = Path(directory)
        command = ["mcs", "-langversion:5", "-optimize", "-target:library", "-doc:" + str(made / "YmChat.xml")]
        command += ["-out:" + str(made / "YmChat.dll"), str(HERE / "YmChat.cs")]
        try:
            subprocess.run(command, check=True)
        except FileNotFoundError:
            sys.exit("pack: mcs is needed to compile for the .NET Framework: install mono-mcs")
        for file in sorted(made.iterdir()):
            found[f"lib/net40/{file.name}"] = file.read_bytes()
    for file in sorted((HERE / "bin/Release/netstandard2.0").glob("YmChat.[dx][lm]l")):
        found[f"lib/netstandard2.0/{file.name}"] = file.read_bytes()
    if "lib/netstandard2.0/YmChat.dll" not in found:
        print("pack: without an assembly for netstandard2.0, because `dotnet build` was not run")
    return found


def write(package: Path, files: "dict[str, bytes]") -> None:
    """A package as NuGet reads it: a zip of the Open Packaging Conventions."""
    kinds = sorted({name.rpartition(".")[2] for name in files})
    types = "\n".join(f'  <Default Extension="{kind}" ContentType="application/octet" />' for kind in kinds)
    everything = {
        "[Content_Types].xml": CONTENT_TYPES.format(types).encode(),
        "_rels/.rels": RELATIONSHIPS.encode(),
        **files,
    }
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(everything):
            archive.writestr(name, everything[name])


if __name__ == "__main__":
    sys.exit(main())
