//! The front end is embedded; where it was not built, an empty folder stands in, and its pages say so.

fn main() {
    for folder in ["../../frontend/live/dist", "../../frontend/app/build"] {
        println!("cargo:rerun-if-changed={folder}");
        if let Err(error) = std::fs::create_dir_all(folder) {
            println!("cargo:warning={folder}: {error}");
        }
    }
}
