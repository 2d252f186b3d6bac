//! How the operator's commands reach a server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config::{Config, Overrides};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// Why a command got no answer, or a bad one.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClientError {
    #[error("the server cannot be reached at {url}")]
    Unreachable { url: String, source: reqwest::Error },
    #[error("the server answered {status}: {detail}")]
    Refused { status: StatusCode, detail: String },
    #[error("the answer makes no sense")]
    Nonsense(#[from] serde_json::Error),
}

/// A server's address and the operator's, or another, token.
#[derive(Debug)]
pub(super) struct Client {
    url: String,
    token: Option<String>,
    http: reqwest::Client,
}

impl Client {
    /// For the address that was given, else that of the environment, else that which the configuration listens on.
    pub(super) fn new(
        url: Option<&str>,
        config: &Config,
        overrides: &Overrides,
    ) -> Result<Self, reqwest::Error> {
        let variable = |name: &str| overrides.environment.get(name).and_then(|value| given(value));
        let url = url.map(str::to_owned).or_else(|| variable("GAVEL_URL"));
        let url = url.unwrap_or_else(|| format!("http://{}", reachable(config.http.listen)));
        let token = variable("GAVEL_ADMIN_TOKEN").or_else(|| variable("GAVEL_TOKEN"));
        let token = token.or_else(|| config.http.admin_token.clone()).or_else(|| config.http.token.clone());
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), token, http })
    }

    /// With this token, where there is one, instead of that of the environment or the configuration.
    pub(super) fn with_token(self, token: Option<String>) -> Self {
        Self { token: token.as_deref().and_then(given).or(self.token), ..self }
    }

    /// The server's address, without a slash at its end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// What is sent to be let in.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The status and the JSON body, whatever the status says.
    pub(super) async fn ask(&self, method: Method, path: &str) -> Result<(StatusCode, Value), ClientError> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let unreachable = |source| ClientError::Unreachable { url: self.url.clone(), source };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(unreachable)?;
        Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }

    /// The body of an answer that must be a success.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
    ) -> Result<T, ClientError> {
        let (status, body) = self.ask(method, path).await?;
        if status.is_success() {
            return Ok(serde_json::from_value(body)?);
        }
        let detail = body["detail"].as_str().unwrap_or("without a reason").to_owned();
        Err(ClientError::Refused { status, detail })
    }
}

/// What a variable says, if anything. What reads files of variables keeps their ends of lines, such as those of Windows.
fn given(value: &str) -> Option<String> {
    Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// What keeps a server from being ready, as `/readyz` tells it to those who may call.
pub(super) fn reasons(body: &Value) -> Option<String> {
    let reasons = body["reasons"].as_array()?;
    Some(reasons.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
}

/// An address that listens on all interfaces is reached through the loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, listen.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, listen.port()).into(),
        _ => listen,
    }
}
