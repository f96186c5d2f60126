using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>The errors that belong to HTTP itself. Those of plugins and permissions come from the use cases.</summary>
internal static class ApiErrors
{
    public static ApiError JsonInvalid(string message) => new(StatusCodes.Status400BadRequest, "JSON_INVALID", message);

    public static ApiError BodyInvalid(IReadOnlyList<Finding> findings) =>
        new(StatusCodes.Status400BadRequest, findings[0].Code, "The body is not as this operation needs it.") { Findings = findings };

    public static ApiError QueryInvalid(string name, string message) =>
        new(StatusCodes.Status400BadRequest, "QUERY_INVALID", message) { Findings = [new Finding("QUERY_INVALID", message) { Path = name }] };

    public static readonly ApiError BodyTooLarge = new(StatusCodes.Status413PayloadTooLarge, "BODY_TOO_LARGE", "The body is larger than this server takes.");

    public static readonly ApiError ContentType = new(StatusCodes.Status415UnsupportedMediaType, "CONTENT_TYPE_UNSUPPORTED", "Send the body as application/json in UTF-8.");

    public static readonly ApiError PackageType = new(StatusCodes.Status415UnsupportedMediaType, "CONTENT_TYPE_UNSUPPORTED", "Send a package as multipart/form-data, or as application/zip, application/wasm, text/javascript or application/octet-stream with ?name=.");

    public static readonly ApiError FormInvalid = new(StatusCodes.Status400BadRequest, "FORM_INVALID", "The form is malformed: one part plugin, with a file name, and at most one part signature.");

    public static readonly ApiError HostNotAllowed = new(StatusCodes.Status400BadRequest, "HOST_NOT_ALLOWED", "This server does not answer under that host name. Its operator can allow it.");

    public static readonly ApiError OriginNotAllowed = new(StatusCodes.Status403Forbidden, "ORIGIN_NOT_ALLOWED", "A page of another origin may not do this.");

    public static readonly ApiError TokenRequired = new(StatusCodes.Status401Unauthorized, "TOKEN_REQUIRED", "Send a token: Authorization: Bearer …");

    public static readonly ApiError TokenInvalid = new(StatusCodes.Status401Unauthorized, "TOKEN_INVALID", "The token is not known here.");

    public static readonly ApiError RoleInsufficient = new(StatusCodes.Status403Forbidden, "ROLE_INSUFFICIENT", "This needs an operator's token.");

    public static readonly ApiError RouteNotFound = new(StatusCodes.Status404NotFound, "ROUTE_NOT_FOUND", "There is nothing at this path. /openapi/v1.json lists what there is.");

    public static readonly ApiError MethodNotAllowed = new(StatusCodes.Status405MethodNotAllowed, "METHOD_NOT_ALLOWED", "This path does not take that method; the Allow header lists those it takes.");

    public static readonly ApiError RequestTimeout = new(StatusCodes.Status408RequestTimeout, "REQUEST_TIMEOUT", "The request took too long.");

    public static readonly ApiError BadRequest = new(StatusCodes.Status400BadRequest, "REQUEST_INVALID", "The request is malformed.");

    public static readonly ApiError Internal = new(StatusCodes.Status500InternalServerError, "INTERNAL_ERROR", "The server failed; its log says why.");

    /// <summary>The error of a status that some other part of the server answered without a body.</summary>
    public static ApiError? ForStatus(int status) => status switch
    {
        StatusCodes.Status400BadRequest => BadRequest,
        StatusCodes.Status401Unauthorized => TokenRequired,
        StatusCodes.Status403Forbidden => RoleInsufficient,
        StatusCodes.Status404NotFound => RouteNotFound,
        StatusCodes.Status405MethodNotAllowed => MethodNotAllowed,
        StatusCodes.Status408RequestTimeout => RequestTimeout,
        StatusCodes.Status413PayloadTooLarge => BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ContentType,
        >= 400 and < 500 => BadRequest with { Status = status },
        _ => null,
    };
}
