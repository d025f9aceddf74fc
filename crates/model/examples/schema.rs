//! Prints the JSON Schema of a document: what `static/schema/design-1.json` holds.

fn main() {
    print!("{}", archlab_model::schema::text());
}
