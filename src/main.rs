//! Mounts the page.

fn main() {
    archlab::ui::browser::failure::install();
    yew::Renderer::<archlab::ui::app::App>::new().render();
}
