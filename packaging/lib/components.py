#!/usr/bin/env python3
"""What the binaries consist of, from `cargo metadata`.

    components.py sbom       a CycloneDX bill of materials, to the standard output
    components.py licenses   the licenses of all that is linked in, likewise

Both name what any of the systems in TARGETS links; tests and build scripts are no part of it.
"""

import json
import os
import re
import subprocess
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent.parent
TARGETS = {
    "windows-x64": "x86_64-win7-windows-gnu",
    "windows-x86": "i686-win7-windows-gnu",
    "linux-x86_64": "x86_64-unknown-linux-gnu",
    "linux-aarch64": "aarch64-unknown-linux-gnu",
}
# The packages that are shipped as binaries; those that the workspace does not have yet are left out.
SHIPPED = ("ymchat-c", "ymchat-onec", "ymchat-sandbox", "ymchat-cli")


class Component:
    def __init__(self, package: dict) -> None:
        self.package = package
        self.targets: "list[str]" = []
        self.uses: "set[str]" = set()

    @property
    def reference(self) -> str:
        return f"pkg:cargo/{quote(self.package['name'])}@{quote(self.package['version'])}"


def cargo(*arguments: str) -> str:
    return subprocess.check_output(["cargo", *arguments], cwd=ROOT, text=True)


def components() -> "dict[str, Component]":
    """Every package that is linked into one of the shipped ones, by cargo's id."""
    found: "dict[str, Component]" = {}
    for name, triple in TARGETS.items():
        metadata = json.loads(
            cargo("metadata", "--locked", "--format-version=1", "--filter-platform", triple)
        )
        packages = {package["id"]: package for package in metadata["packages"]}
        nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
        shipped = [p["name"] for p in packages.values() if p["name"] in SHIPPED and not p["source"]]
        # `cargo metadata` knows the features that tests switch on; the tree is that of the binaries.
        tree = cargo(
            "tree", "--locked", "--edges=normal,no-proc-macro", f"--target={triple}", "--prefix=none",
            "--format={p}", *(f"--package={package}" for package in shipped),
        )  # fmt: skip
        linked = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
        for identity, package in packages.items():
            if (package["name"], "v" + package["version"]) not in linked:
                continue
            component = found.setdefault(identity, Component(package))
            component.targets.append(name)
            for dependency in nodes[identity]["deps"]:
                used = packages[dependency["pkg"]]
                normal = any(kind["kind"] is None for kind in dependency["dep_kinds"])
                if normal and (used["name"], "v" + used["version"]) in linked:
                    component.uses.add(dependency["pkg"])
    return dict(sorted(found.items(), key=lambda item: item[1].reference))


def checksums() -> "dict[tuple[str, str], str]":
    """What Cargo.lock says of each package's archive."""
    lock = (ROOT / "Cargo.lock").read_text("utf-8")
    found = {}
    for block in lock.split("[[package]]")[1:]:
        fields = dict(re.findall(r'^(name|version|checksum) = "(.*)"$', block, re.M))
        if "checksum" in fields:
            found[fields["name"], fields["version"]] = fields["checksum"]
    return found


def expression(package: dict) -> str:
    """The old way to say OR was a slash."""
    return re.sub(r"\s*/\s*", " OR ", package["license"] or "NOASSERTION")


def sbom() -> str:
    found, known = components(), checksums()
    entries = []
    for component in found.values():
        package = component.package
        entry = {
            "type": "library",
            "bom-ref": component.reference,
            "name": package["name"],
            "version": package["version"],
            "description": package["description"] or "",
            "licenses": [{"expression": expression(package)}],
            "purl": component.reference,
        }
        checksum = known.get((package["name"], package["version"]))
        if checksum:
            entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        if package["repository"] and package["source"]:
            entry["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
        entry["properties"] = [
            {"name": "ymchat:target", "value": target} for target in component.targets
        ]
        entries.append(entry)
    standard = {
        "type": "library",
        "bom-ref": "rust-std",
        "name": "Rust standard library",
        "licenses": [{"expression": "MIT OR Apache-2.0"}],
    }
    version = next(c.package["version"] for c in found.values() if c.package["name"] == "ymchat")
    time = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
    text = json.dumps(entries, sort_keys=True)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        # Named by what stands in it, so that the same commit gives the same one.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "library",
                "bom-ref": "ymchat-release",
                "name": "ymchat",
                "version": version,
                "licenses": [{"expression": "MIT OR Apache-2.0"}],
            },
        },
        "components": [*entries, standard],
        "dependencies": [
            {
                "ref": "ymchat-release",
                "dependsOn": [
                    *(c.reference for c in found.values() if c.package["name"] in SHIPPED),
                    "rust-std",
                ],
            },
            *(
                {
                    "ref": component.reference,
                    "dependsOn": sorted(found[used].reference for used in component.uses),
                }
                for component in found.values()
            ),
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def licenses() -> str:
    """The files of each package, each different text once."""
    texts: "dict[str, list[str]]" = {}
    without = []
    for component in components().values():
        package = component.package
        if package["source"] is None:
            continue
        label = f"{package['name']} {package['version']} ({expression(package)})"
        folder = Path(package["manifest_path"]).parent
        files = sorted(
            path
            for path in folder.iterdir()
            if path.is_file() and re.match(r"(?i)(licen[cs]e|copying|notice|copyright|unlicense)", path.name)
        )
        if not files:
            without.append(label)
        for file in files:
            text = "\n".join(line.rstrip() for line in file.read_text("utf-8", "replace").splitlines())
            texts.setdefault(text.strip(), []).append(label)
    parts = [
        "These binaries contain the standard library of Rust (MIT OR Apache-2.0, see\n"
        "https://www.rust-lang.org/policies/licenses), and the packages below. Where a package\n"
        "offers a choice of licenses, each is printed."
    ]
    for text, labels in sorted(texts.items(), key=lambda item: item[1]):
        names = "\n".join(sorted(set(labels)))
        parts.append(f"{names}\n\n{text}")
    if without:
        parts.append("Without a file of their own:\n" + "\n".join(without))
    return ("\n\n" + "=" * 80 + "\n\n").join(parts) + "\n"


def main() -> int:
    work = {"sbom": sbom, "licenses": licenses}
    if len(sys.argv) != 2 or sys.argv[1] not in work:
        print(__doc__, file=sys.stderr)
        return 2
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(work[sys.argv[1]]())
    return 0


if __name__ == "__main__":
    sys.exit(main())
