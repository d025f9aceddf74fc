//! The drawn icons: strokes on a 16 by 16 grid, one style.

use yew::prelude::*;

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Machine,
    Group,
    Users,
    Balancer,
    Gateway,
    Database,
    Sessions,
    Play,
    Pause,
    Step,
    Restart,
    Undo,
    Redo,
    Open,
    Save,
    Sun,
    Moon,
    Language,
    Plus,
    Minus,
    Fit,
    Power,
    Crash,
    Revive,
    Close,
    Delete,
    Examples,
    Alert,
    Check,
    Leave,
    ChevronDown,
    ChevronRight,
    Details,
    Note,
    Lock,
    Unlock,
    Copy,
    Cut,
    Paste,
    Duplicate,
    Rename,
    Ungroup,
    History,
    Snap,
    SelectSeveral,
    AlignLeft,
    AlignCentre,
    AlignRight,
    AlignTop,
    AlignMiddle,
    AlignBottom,
    DistributeAcross,
    DistributeDown,
    Business,
    Up,
    Down,
    AtOnce,
    Mend,
    Target,
    Map,
    Search,
    Keys,
    Chevron,
    More,
    Marks,
    NoMarks,
    SmallMachine,
    LargeMachine,
    Cluster,
    Distributed,
    Microservices,
    Replicas,
    Shards,
    Cache,
    Hint,
    Bursts,
    User,
    Connect,
    Merge,
}

impl Icon {
    /// The strokes as SVG path data.
    pub fn path(self) -> &'static str {
        match self {
            Icon::Machine => "M2.5 3.5h11v4h-11zM2.5 8.5h11v4h-11zM5 5.5h.01M5 10.5h.01M8 5.5h3M8 10.5h3",
            Icon::Group => {
                "M4.5 2.5h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM5.5 6h2.2v2.2H5.5zM9 8.5h2v2H9z"
            }
            Icon::Users => {
                "M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM1.8 13c.3-2.4 1.9-3.7 4.2-3.7s3.9 1.3 4.2 3.7M10.6 3.2a2.1 2.1 0 0 1 0 4M12 9.6c1.3.5 2.1 1.6 2.3 3.2"
            }
            Icon::Balancer => {
                "M2 8h4M6 8c2.5 0 2.5-4.5 5-4.5h2.5M6 8h7.5M6 8c2.5 0 2.5 4.5 5 4.5h2.5M12 2l1.7 1.5L12 5M12 6.5 13.7 8 12 9.5M12 11l1.7 1.5L12 14"
            }
            Icon::Gateway => "M2.5 13.5v-6a5.5 5.5 0 0 1 11 0v6M5.5 13.5V8a2.5 2.5 0 0 1 5 0v5.5M1.5 13.5h13",
            Icon::Database => {
                "M8 6c3 0 5-.9 5-2s-2-2-5-2-5 .9-5 2 2 2 5 2zM3 4v8c0 1.1 2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2 2 5 2s5-.9 5-2"
            }
            Icon::Sessions => {
                "M2.5 3.5h11v9h-11zM5.2 7.6a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM3.6 10.6c.2-1 .8-1.5 1.6-1.5s1.4.5 1.6 1.5M9 6.2h2.8M9 9.4h2.8"
            }
            Icon::Play => "M5 3.2v9.6L12.8 8z",
            Icon::Pause => "M4.5 3.5h2.2v9H4.5zM9.3 3.5h2.2v9H9.3z",
            Icon::Step => "M3 4v8l5.5-4zM11.5 4v8M13.2 4v8",
            Icon::Restart => "M3 8a5 5 0 1 0 1.6-3.7M3 2.6v2.6h2.6",
            Icon::Undo => "M6 3 3 6l3 3M3 6h6.2a3.8 3.8 0 0 1 0 7.5H6.5",
            Icon::Redo => "m10 3 3 3-3 3M13 6H6.8a3.8 3.8 0 0 0 0 7.5h2.7",
            Icon::Open => "M2 12.5v-9h4l1.5 2H14v7zM2 8h12",
            Icon::Save => "M8 2.5v7M5 7l3 3 3-3M3 12.8h10",
            Icon::Sun => {
                "M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M12.5 3.5l-.8.8M4.3 11.7l-.8.8"
            }
            Icon::Moon => "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8 5.6 5.6 0 1 0 13.2 9.6z",
            Icon::Language => {
                "M1.8 3.8h7M5.3 2.3v1.5M7.2 3.8c-.5 2.6-2.2 4.5-4.9 5.6M3.4 5.8c.8 1.6 2.2 2.8 4 3.4M8.2 13.8l3-7 3 7M9.2 11.6h4"
            }
            Icon::Plus => "M8 3v10M3 8h10",
            Icon::Minus => "M3 8h10",
            Icon::Fit => "M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M6 6h4v4H6z",
            Icon::Power => "M8 2v5M4.6 4.2a5 5 0 1 0 6.8 0",
            Icon::Crash => "M9 1.8 3.5 9H8l-1 5.2L12.5 7H8z",
            Icon::Revive => "M2 8.5h2.6L6.4 4l3 8 1.8-3.5H14",
            Icon::Close => "m4 4 8 8M12 4l-8 8",
            Icon::Delete => "M2.8 4.2h10.4M6.2 4V2.5h3.6V4M4.2 4.5l.6 9h6.4l.6-9M6.8 7v4M9.2 7v4",
            Icon::Examples => {
                "M2.5 2.5h4.6v4.6H2.5zM8.9 2.5h4.6v4.6H8.9zM2.5 8.9h4.6v4.6H2.5zM8.9 8.9h4.6v4.6H8.9z"
            }
            Icon::Alert => "M8 2.2 14.4 13H1.6zM8 6.4v3M8 11.2h.01",
            Icon::Check => "m3 8.4 3.3 3.3L13 4.8",
            Icon::Business => {
                "M1.8 5.5h4v5h-4zM10.2 2h4v4h-4zM10.2 10h4v4h-4zM5.8 8H8M8 4v8M8 4h2.2M8 12h2.2"
            }
            Icon::Up => "M8 13V3M4 7l4-4 4 4",
            Icon::Down => "M8 3v10M4 9l4 4 4-4",
            Icon::AtOnce => "M2 8h3M5 3v10M7 3v10M7 4.5h6M7 11.5h6M11 2.5l2 2-2 2M11 9.5l2 2-2 2",
            Icon::Target => "M8 12.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM8 1v3M8 12v3M1 8h3M12 8h3",
            Icon::Mend => {
                "M13.6 4.2a3.4 3.4 0 0 1-4.6 4.2l-4.6 4.7a1.3 1.3 0 0 1-1.9-1.9l4.7-4.6a3.4 3.4 0 0 1 4.2-4.6L9.5 4v2.3h2.3z"
            }
            Icon::Map => "M2 4l4-1.5 4 1.5 4-1.5v10l-4 1.5-4-1.5-4 1.5zM6 2.5v10M10 4v10",
            Icon::Details => "M2.5 3h11v10h-11zM9.5 3v10M11 5.5h1M11 8h1",
            Icon::Note => "M3 2.5h10v7.5L9.5 13.5H3zM13 10H9.5v3.5M5.3 5.5h5.4M5.3 8h3",
            Icon::Lock => "M4 7.5h8v6H4zM5.5 7.5V5.2a2.5 2.5 0 0 1 5 0v2.3M8 10v1.2",
            Icon::Unlock => "M4 7.5h8v6H4zM5.5 7.5V5.2a2.5 2.5 0 0 1 4.8-.9M8 10v1.2",
            Icon::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Icon::Cut => {
                "M4.2 12.8a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM11.8 12.8a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM5.2 9.7 11.5 2.5M10.8 9.7 4.5 2.5"
            }
            Icon::Paste => "M5.5 3.5h-2v10h9v-10h-2M5.8 2.3h4.4v2.4H5.8zM5.8 8h4.4M5.8 10.5h3",
            Icon::Duplicate => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3M9.5 7.5v4M7.5 9.5h4",
            Icon::Rename => "M2.5 13.5l.7-3L10.6 3l2.4 2.4-7.5 7.4zM9 4.7l2.4 2.4",
            Icon::Ungroup => "M2.5 2.5h5.5v5.5H2.5zM8 8h5.5v5.5H8zM10.5 3.5h2v2M5.5 12.5h-2v-2",
            Icon::History => "M3 8a5 5 0 1 0 1.6-3.7M3 2.6v2.6h2.6M8 5.2V8l2 1.4",
            Icon::Snap => "M3.5 2.5v5.2a4.5 4.5 0 0 0 9 0V2.5h-3v5.2a1.5 1.5 0 0 1-3 0V2.5zM3.5 5h3M9.5 5h3",
            Icon::SelectSeveral => "M2.5 5V2.5H5M11 2.5h2.5V5M13.5 11v2.5H11M5 13.5H2.5V11M5 8.3l2 2 4-4.3",
            Icon::AlignLeft => "M2.5 2v12M5 4h8v2.8H5zM5 9.2h5V12H5z",
            Icon::AlignCentre => "M8 2v2M8 6.8v2.4M8 12v2M4 4h8v2.8H4zM5.5 9.2h5V12h-5z",
            Icon::AlignRight => "M13.5 2v12M3 4h8v2.8H3zM6 9.2h5V12H6z",
            Icon::AlignTop => "M2 2.5h12M4 5h2.8v8H4zM9.2 5H12v5H9.2z",
            Icon::AlignMiddle => "M2 8h2M6.8 8h2.4M12 8h2M4 4h2.8v8H4zM9.2 5.5H12v5H9.2z",
            Icon::AlignBottom => "M2 13.5h12M4 3h2.8v8H4zM9.2 6H12v5H9.2z",
            Icon::DistributeAcross => "M2.5 2.5v11M13.5 2.5v11M6.5 4.5h3v7h-3z",
            Icon::DistributeDown => "M2.5 2.5h11M2.5 13.5h11M4.5 6.5h7v3h-7z",
            Icon::ChevronDown => "m4 6 4 4 4-4",
            Icon::ChevronRight => "m6 4 4 4-4 4",
            Icon::Search => "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.4 3.4",
            Icon::Keys => "M1.5 4h13v8h-13zM4 6.5h.01M6.7 6.5h.01M9.4 6.5h.01M12 6.5h.01M4.5 9.5h7",
            Icon::Chevron => "m4.5 6.5 3.5 3.5 3.5-3.5",
            Icon::More => "M3.5 8h.01M8 8h.01M12.5 8h.01",
            Icon::Marks => {
                "M1 8h2.4M6.6 8h2.8M12.6 8H15M5 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM11 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z"
            }
            Icon::SmallMachine => "M2.5 5.5h11v5h-11zM5 8h.01M8 8h3",
            Icon::LargeMachine => {
                "M2.5 1.8h11v3.6h-11zM2.5 6.2h11v3.6h-11zM2.5 10.6h11v3.6h-11zM5 3.6h.01M5 8h.01M5 12.4h.01M8 3.6h3M8 8h3M8 12.4h3"
            }
            Icon::Cluster => {
                "M5.8 1.8h4.4v3.4H5.8zM1.5 10.8h3.6v3.4H1.5zM6.2 10.8h3.6v3.4H6.2zM10.9 10.8h3.6v3.4h-3.6zM8 5.2v5.6M3.3 10.8V8h9.4v2.8"
            }
            Icon::Distributed => {
                "M2 2.2h4.6v4.4H2zM9.4 2.2H14v4.4H9.4zM5.7 9.6h4.6V14H5.7zM6.6 4.4h2.8M4.3 6.6l2.5 3M11.7 6.6l-2.5 3"
            }
            Icon::Microservices => {
                "M8 1.6l2.6 1.5v3L8 7.6 5.4 6.1v-3zM4.4 8.4 7 9.9v3l-2.6 1.5-2.6-1.5v-3zM11.6 8.4l2.6 1.5v3l-2.6 1.5L9 12.9v-3z"
            }
            Icon::Replicas => {
                "M6 4.4c2.2 0 3.8-.6 3.8-1.4S8.200 1.600 6 1.600 2.200 2.200 2.200 3 3.800 4.400 6 4.400zM2.200 3v6c0 .8 1.600 1.400 3.800 1.400M9.800 3v2M10.200 8.400c2.200 0 3.800-.6 3.800-1.400S12.400 5.600 10.200 5.600 6.400 6.200 6.400 7s1.600 1.400 3.800 1.400zM6.400 7v6c0 .8 1.600 1.400 3.800 1.400s3.800-.6 3.800-1.400V7"
            }
            Icon::Shards => {
                "M8 5c2.800 0 5-.7 5-1.600S10.800 1.800 8 1.800s-5 .7-5 1.600S5.200 5 8 5zM3 3.400v9.200c0 .9 2.200 1.600 5 1.600s5-.7 5-1.600V3.400M6.200 5v9M9.800 5v9"
            }
            Icon::Cache => {
                "M8 1.800 2.500 5 8 8.200 13.500 5zM2.500 8 8 11.200 13.500 8M10 12.200l-2 1.200-5.500-3.200"
            }
            Icon::Hint => {
                "M5.6 11.2h4.800M6.200 13.600h3.600M8 1.800a4.600 4.600 0 0 0-2.800 8.200c.4.3.4.7.4 1.200h4.800c0-.5 0-.9.4-1.200A4.600 4.600 0 0 0 8 1.800z"
            }
            Icon::Bursts => "M1.500 12h2.200l1.300-8 2 8h2l1.300-8 2 8h2.200",
            Icon::User => {
                "M8 8a2.600 2.600 0 1 0 0-5.200A2.600 2.600 0 0 0 8 8zM3.200 13.400c.4-2.500 2.200-3.800 4.800-3.800s4.400 1.300 4.800 3.800"
            }
            Icon::NoMarks => "M1.5 8h13",
            Icon::Connect => {
                "M5 8h6M11 8l-2-2M11 8l-2 2M3 6.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600M13.500 4v8"
            }
            Icon::Merge => {
                "M2.500 3.500h2c2.500 0 2 4.500 5 4.500h4M2.500 12.500h2c2.500 0 2-4.500 5-4.500M11.500 6l2 2-2 2"
            }
            Icon::Leave => "M6 2.5H2.5v11H6M7 8h6.5M11 5.5 13.5 8 11 10.5",
        }
    }
}

/// The icon as an element beside text.
pub fn icon(icon: Icon) -> Html {
    html! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={icon.path()} /></svg> }
}
