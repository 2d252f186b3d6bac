//! REST in, gRPC out: the routes of go-judge's own proxy. Bodies are messages in protobuf's JSON.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, web};
use gavel_rpc::executor_client::ExecutorClient;
use gavel_rpc::{FileContent, FileId};
use prost::Message;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use super::ProxyError;
use super::answering::{self, Accounted, TIMES};
use super::json::Protojson;
use crate::access::Access;
use crate::account::{Account, Held, Purpose, UNCOUNTED};
use crate::blocking::computed;
use crate::config::Config;
use crate::connections::Connections;
use crate::http::{Body, Budget, Form, FormError, Peer, Pieces, Problem, Taken, approach, ending};

/// Longest wait for a connection to the server, and for a sign of life on one.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a request waits for memory for what is made of it.
const PATIENCE: Duration = Duration::from_secs(3);
/// Seconds that calls have to end when the proxy is told to stop.
const PARTING: u64 = 5;
/// A call that is under way asks the server for a sign of life so often.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// What an answer has sent that there is no room for yet.
const WINDOW: u32 = 256 * 1024;
/// So many of these keep no other answer waiting.
const WINDOWS: u32 = 32;
/// What a connection has of the account: the HTTP server reads so much ahead of what is answered.
const CONNECTION: u64 = 192 * 1024;
/// Seconds after which there may be room.
const RETRY_AFTER: u32 = 2;

/// Calls the server.
#[derive(Debug, Clone)]
pub(super) struct Client {
    executor: ExecutorClient<InterceptedService<Accounted, Bearer>>,
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
    /// Of the server at this address, which is connected to when it is first called. What it answers is on the account.
    ///
    /// # Errors
    /// When that is no address.
    pub(super) fn new(
        url: &str,
        token: Option<MetadataValue<Ascii>>,
        account: &Account,
    ) -> Result<Self, ProxyError> {
        let channel = Channel::from_shared(url.to_owned())
            .map_err(|error| std::io::Error::other(error.to_string()))?
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(CONNECT)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOWS * WINDOW)
            .connect_lazy();
        let channel = Accounted::new(channel, account.clone());
        let executor = ExecutorClient::with_interceptor(channel, Bearer(token));
        // One that is longer is refused before, in the words of the account.
        let longest = usize::try_from(account.most(Purpose::Outputs) / TIMES).unwrap_or(usize::MAX);
        Ok(Self { executor: executor.max_decoding_message_size(longest), json: Protojson::new()? })
    }

    /// What was answered, for the client on the other end: on the account until it has taken it.
    async fn answer<M: Message + 'static>(
        &self,
        name: &'static str,
        answered: Result<tonic::Response<M>, Status>,
        request: &HttpRequest,
    ) -> HttpResponse {
        let (_, message, extensions) = match answered {
            Ok(answered) => answered.into_parts(),
            Err(status) => return refused(&status),
        };
        let (json, held) = (self.json.clone(), answering::held(&extensions));
        // What is held stays with the work, also where nobody waits for it any more.
        match computed(move || (json.write(name, message), held)).await {
            Ok((Ok(json), held)) => written(json, held, Peer::of(request)),
            Ok((Err(why), _)) => refused(&Status::internal(why)),
            Err(lost) => refused(&Status::internal(lost.to_string())),
        }
    }
}

fn written(json: Vec<u8>, held: Option<Held>, peer: Option<Peer>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.content_type("application/json; charset=utf-8");
    let Some(mut held) = held.filter(|_| json.len() as u64 > UNCOUNTED) else { return response.body(json) };
    held.shrink_to(json.len() as u64);
    response.body(Taken::new(Pieces(json.into()), Some(held), peer))
}

fn refused(status: &Status) -> HttpResponse {
    let code = status_code(status.code());
    let mut response = HttpResponse::build(code);
    if code == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
    }
    response.body(status.message().to_owned())
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
    let connections = Connections::new(&account);
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
    let server = server.on_connect(move |connection, data| {
        if let Some(connection) = connection.downcast_ref::<TcpStream>() {
            Peer::note(connection, data, &connections, CONNECTION);
        }
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
    let read = computed(move || protojson.read::<gavel_rpc::Request>("pb.Request", bytes)).await;
    Ok(match read.map_err(|_lost| Problem::Failed)? {
        Ok(message) => {
            let answered = client.executor.clone().exec(message).await;
            client.answer("pb.Response", answered, &request).await
        }
        Err(why) => HttpResponse::BadRequest().body(why),
    })
}

async fn list(client: web::Data<Client>, request: HttpRequest) -> HttpResponse {
    let listed = client.executor.clone().file_list(()).await;
    client.answer("pb.FileListType", listed, &request).await
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
    Ok(client.answer("pb.FileID", added, &request).await)
}

async fn download(client: web::Data<Client>, id: web::Path<String>, request: HttpRequest) -> HttpResponse {
    let file = FileId { file_id: id.into_inner() };
    let got = client.executor.clone().file_get(file).await;
    client.answer("pb.FileContent", got, &request).await
}

async fn remove(client: web::Data<Client>, id: web::Path<String>, request: HttpRequest) -> HttpResponse {
    let file = FileId { file_id: id.into_inner() };
    let removed = client.executor.clone().file_delete(file).await;
    client.answer("google.protobuf.Empty", removed, &request).await
}

/// go-judge's proxy answers 500 to all of these; what the caller could mend is told apart here.
fn status_code(code: Code) -> StatusCode {
    match code {
        Code::InvalidArgument | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::ResourceExhausted => StatusCode::SERVICE_UNAVAILABLE,
        Code::Unauthenticated | Code::PermissionDenied | Code::Unavailable => StatusCode::BAD_GATEWAY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
