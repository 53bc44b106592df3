//! Names the sources that a wheel is made of, so that Python never works with one of other sources.

#[allow(dead_code)]
#[path = "src/blake2b.rs"]
mod blake2b;

use std::path::{Path, PathBuf};

fn main() {
    let mut files = vec![PathBuf::from("Cargo.lock"), PathBuf::from("Cargo.toml"), PathBuf::from("build.rs")];
    collect(Path::new("src"), &mut files);
    files.sort();
    let mut content = Vec::new();
    for file in &files {
        let text = std::fs::read(file).unwrap_or_default();
        content.extend_from_slice(file.to_string_lossy().as_bytes());
        content.extend_from_slice(&(text.len() as u64).to_le_bytes());
        content.extend_from_slice(&text);
        println!("cargo:rerun-if-changed={}", file.display());
    }
    println!("cargo:rerun-if-changed=src");
    let hex: String = blake2b::digest(&[&content]).iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo:rustc-env=KERNEL_SOURCES={hex}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}
