//! Sessions: where it is kept that somebody has logged in, and what is lost with whom.

use serde::{Deserialize, Serialize};

use crate::policy::Storage;
use crate::time::Span;

/// How a group keeps the sessions of its users. Absent from the policies, sessions are read from a store of
/// their own and never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Sessions {
    /// Where they lie.
    pub scheme: SessionScheme,
    /// The chance that a request changes its session: something is put into the cart. 0 to 1.
    pub changes: f64,
    /// A session nobody used for this long is over. Default 30 min: Tomcat's `conf/web.xml`, and Spring
    /// Session's `MapSession`.
    pub idle: Span,
    /// What becomes of a request that does not find its session.
    pub missing: MissingSession,
    /// How long a token is verified for, on a core of speed 1, with each request. Default 50 µs, the order of
    /// an RSA verification.
    pub verification: Span,
    /// How the store of a shared scheme keeps its data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

impl Default for Sessions {
    fn default() -> Self {
        Sessions {
            scheme: SessionScheme::default(),
            changes: 1.0,
            idle: Span::from_secs(30 * 60),
            missing: MissingSession::default(),
            verification: Span::from_micros(50),
            storage: None,
        }
    }
}

/// Where sessions lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SessionScheme {
    /// In a store that all instances share (Spring Session): one more round trip for each request.
    #[default]
    SharedStore,
    /// In the memory of the instance that answered; the next request may well come to another.
    Local,
    /// In the memory of one instance, to which the balancer sends its user again for as long as it lives.
    Sticky,
    /// In the memory of every instance: changes are sent to all the others after the answer (Tomcat's
    /// `DeltaManager`, asynchronous). The balancer is sticky, as Tomcat advises.
    Replicated,
    /// In the memory of one instance, with one copy on another (Tomcat's `BackupManager`). The balancer is
    /// sticky.
    Backup,
    /// In a token that the client carries: nothing to lose, and nothing to take back before it expires.
    Token,
}

/// What becomes of a request that does not find its session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MissingSession {
    /// The user logs in again, and the request goes on.
    #[default]
    LogIn,
    /// The request fails; the user has logged in again by the next one.
    Fail,
}
