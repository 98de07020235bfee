//! State: what every door can reach. A cheap handle, made once in `server::run`.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::auth::Auth;
use super::broker::Broker;
use super::config::Config;
use super::limits::Limits;
use super::markdown::Markdown;
use super::metrics::Metrics;
use super::publish::Publisher;
use super::receipts::Acknowledgements;
use super::store::Store;

/// A handle to everything that lives as long as the server.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// What [`AppState`] gives access to.
pub struct Inner {
    /// What is durable.
    pub store: Arc<dyn Store>,
    /// Who is online.
    pub broker: Broker,
    /// The way in for messages.
    pub publisher: Publisher,
    /// How bodies become HTML.
    pub markdown: Markdown,
    /// Passwords and the slowing of failed sign-ins.
    pub auth: Auth,
    /// What one client may take. `accept` has it, too.
    pub limits: Arc<Limits>,
    /// What the server counts of itself.
    pub metrics: Metrics,
    /// The way in for acknowledgements.
    pub acknowledgements: Acknowledgements,
    /// What the operator chose.
    pub config: Config,
    /// What Leptos asks for; the values are ours, not from its environment variables.
    pub leptos: LeptosOptions,
}

impl AppState {
    /// Wires the parts together.
    pub fn new(store: Arc<dyn Store>, broker: Broker, metrics: Metrics, config: Config) -> Self {
        let markdown = Markdown::new(config.messages.image_hosts.clone());
        Self(Arc::new(Inner {
            publisher: Publisher::new(Arc::clone(&store), markdown.clone(), metrics.clone()),
            markdown,
            auth: Auth::new(),
            acknowledgements: Acknowledgements::default(),
            limits: Arc::new(Limits::new(&config, metrics.clone())),
            leptos: LeptosOptions::builder().output_name("tidings").site_addr(config.server.listen).build(),
            store,
            broker,
            metrics,
            config,
        }))
    }
}

impl Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
