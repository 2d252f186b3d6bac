//! REST in, gRPC out: the routes of go-judge's own proxy. Bodies are messages in protobuf's JSON.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, web};
use gavel_protocol::Bytes;
use gavel_rpc::executor_client::ExecutorClient;
use gavel_rpc::{FileContent, FileId};
use prost::Message;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use super::ProxyError;
use super::json::Protojson;
use crate::access::Access;
use crate::account::Account;
use crate::blocking::computed;
use crate::config::Config;
use crate::http::{Body, Budget, Form, FormError, Problem, approach, ending};

/// Longest wait for a connection to the server, and for a sign of life on one.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a request waits for memory for what is made of it.
const PATIENCE: Duration = Duration::from_secs(3);
/// Seconds that calls have to end when the proxy is told to stop.
const PARTING: u64 = 5;
/// A call that is under way asks the server for a sign of life so often.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Calls the server.
#[derive(Debug, Clone)]
pub(super) struct Client {
    executor: ExecutorClient<InterceptedService<Channel, Bearer>>,
    json: Protojson,
}

/// Adds the token to each call.
#[derive(Debug, Clone)]
struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

impl Client {
    /// Of the server at this address, which is connected to when it is first called. A longer message of it is an error.
    ///
    /// # Errors
    /// When that is no address.
    pub(super) fn new(
        url: &str,
        token: Option<MetadataValue<Ascii>>,
        longest_message: Bytes,
    ) -> Result<Self, ProxyError> {
        let channel = Channel::from_shared(url.to_owned())
            .map_err(|error| std::io::Error::other(error.to_string()))?
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(CONNECT)
            .connect_lazy();
        let executor = ExecutorClient::with_interceptor(channel, Bearer(token));
        let longest = usize::try_from(longest_message.get()).unwrap_or(usize::MAX);
        Ok(Self { executor: executor.max_decoding_message_size(longest), json: Protojson::new()? })
    }

    fn answer<M: Message>(&self, name: &str, answered: Result<tonic::Response<M>, Status>) -> HttpResponse {
        let written =
            answered.map(|message| self.json.write(name, message.get_ref()).map_err(Status::internal));
        match written.and_then(|written| written) {
            Ok(body) => HttpResponse::Ok().content_type("application/json; charset=utf-8").body(body),
            Err(status) => HttpResponse::build(status_code(status.code())).body(status.message().to_owned()),
        }
    }
}

/// Serves until it is told to stop.
///
/// # Errors
/// When its threads cannot be started.
pub(super) async fn serve(
    listener: TcpListener,
    client: Client,
    access: Arc<Access>,
    account: Account,
    config: &Config,
    stop: impl Future<Output = ()>,
) -> Result<(), ProxyError> {
    let budget = web::Data::new(Budget::new(account, config.http.max_body.get()));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(client.clone()))
            .app_data(web::Data::from(Arc::clone(&access)))
            .app_data(budget.clone())
            .wrap(from_fn(admitted))
            .wrap(from_fn(ending::told))
            .route("/exec", web::post().to(exec))
            .route("/file", web::get().to(list))
            .route("/file", web::post().to(upload))
            .route("/file/{id}", web::get().to(download))
            .route("/file/{id}", web::delete().to(remove))
    });
    // A client that goes away ends its call, and that the run.
    let server = server.workers(2).h1_allow_half_closed(false).disable_signals().shutdown_timeout(PARTING);
    let mut server = server.listen(listener)?.run();
    let handle = server.handle();
    tokio::select! {
        broken = &mut server => return Ok(broken?),
        () = stop => {}
    }
    let (served, ()) = tokio::join!(server, handle.stop(true));
    Ok(served?)
}

/// Who may use the routes of go-judge may use these.
async fn admitted(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let unset = || Problem::NotFound("the proxy is not set up".into());
    let access = request.app_data::<web::Data<Access>>().ok_or_else(unset)?;
    access.check_gojudge(&approach(request.request())).map_err(Problem::from)?;
    next.call(request).await
}

async fn exec(
    client: web::Data<Client>,
    budget: web::Data<Budget>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let Body { bytes, mut held } = budget.read(&request, payload).await?;
    let json = bytes.clone();
    let weight = computed(move || Protojson::weight(&json)).await.map_err(|_lost| Problem::Failed)?;
    held.grow(weight, PATIENCE).await.map_err(|full| Problem::Unavailable {
        detail: full.to_string(),
        retry_after: Duration::from_secs(2),
    })?;
    let protojson = client.json.clone();
    let read = computed(move || protojson.read::<gavel_rpc::Request>("pb.Request", &bytes)).await;
    Ok(match read.map_err(|_lost| Problem::Failed)? {
        Ok(request) => client.answer("pb.Response", client.executor.clone().exec(request).await),
        Err(why) => HttpResponse::BadRequest().body(why),
    })
}

async fn list(client: web::Data<Client>) -> HttpResponse {
    client.answer("pb.FileListType", client.executor.clone().file_list(()).await)
}

async fn upload(
    client: web::Data<Client>,
    budget: web::Data<Budget>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let uploaded = async {
        let mut file = Form::file(&budget, &request, payload, None).await?;
        let (content, held) = file.whole(&budget).await?;
        Ok((file.name, content, held))
    };
    let (name, content, _held) = match uploaded.await {
        Ok(uploaded) => uploaded,
        Err(FormError::Body(problem)) => return Err(problem),
        Err(FormError::Malformed) => {
            return Ok(HttpResponse::BadRequest().body("there is no field `file` with a file name"));
        }
    };
    let added = client.executor.clone().file_add(FileContent { name, content }).await;
    Ok(client.answer("pb.FileID", added))
}

async fn download(client: web::Data<Client>, id: web::Path<String>) -> HttpResponse {
    let file = FileId { file_id: id.into_inner() };
    client.answer("pb.FileContent", client.executor.clone().file_get(file).await)
}

async fn remove(client: web::Data<Client>, id: web::Path<String>) -> HttpResponse {
    let file = FileId { file_id: id.into_inner() };
    client.answer("google.protobuf.Empty", client.executor.clone().file_delete(file).await)
}

/// go-judge's proxy answers 500 to all of these; what the caller could mend is told apart here.
fn status_code(code: Code) -> StatusCode {
    match code {
        Code::InvalidArgument | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Unauthenticated | Code::PermissionDenied | Code::Unavailable => StatusCode::BAD_GATEWAY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
