//! What the design promises of the sources: no circles, dependencies that point down, `unsafe` at
//! the C boundaries alone, and no C symbols in the Rust library.

mod modules;
mod planted;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use modules::{Disk, Graph, graph};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The packages of the workspace, by their directory.
fn packages() -> Vec<PathBuf> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = manifest.split_once("\nmembers = [").unwrap().1.split_once(']').unwrap().0;
    let names = members.split(',').map(|name| name.trim().trim_matches('"'));
    names.filter(|name| !name.is_empty()).map(|name| root().join(name)).collect()
}

/// The roots of a package's library and programs.
fn crates(package: &Path) -> Vec<Graph> {
    let roots = ["src/lib.rs", "src/main.rs"].into_iter();
    let there = roots.filter(|file| package.join(file).is_file());
    there.map(|file| graph(&Disk(package.to_owned()), file)).collect()
}

#[test]
fn files_use_each_other_in_no_circle() {
    for package in packages() {
        for graph in crates(&package) {
            assert!(!graph.files.is_empty());
            rules::no_circles(&graph).unwrap_or_else(|why| panic!("{}: {why}", package.display()));
        }
    }
}

#[test]
fn dependencies_point_down() {
    let graphs = crates(root());
    rules::layers_point_down(&graphs[0]).unwrap();
    rules::only_the_transport_knows_how_bytes_travel(&graphs[0]).unwrap();
}

#[test]
fn unsafe_stands_at_the_boundaries_alone() {
    for package in packages() {
        let is_boundary = ["bindings/c", "bindings/onec"].iter().any(|end| package.ends_with(end));
        for graph in crates(&package) {
            if !is_boundary {
                rules::no_unsafe(&graph).unwrap();
                rules::no_exported_symbols(&graph).unwrap();
            }
        }
    }
}

#[test]
fn the_command_line_stands_on_the_public_api_alone() {
    for graph in crates(&root().join("cli")) {
        rules::no_internals(&graph).unwrap();
    }
}
