using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>Takes the value out of a use case's result, or ends the request with its error.</summary>
internal static class ServiceResults
{
    public const string SafeMode = "SAFE_MODE";

    public static T OrRefuse<T>(this Result<T> result) =>
        result.TryGetValue(out var value, out var error) ? value : throw ApiErrorOf(error).AsException();

    public static ApiError ApiErrorOf(ServiceError error)
    {
        int status = error.Code switch
        {
            ErrorCodes.RateLimited => StatusCodes.Status429TooManyRequests,
            SafeMode => StatusCodes.Status503ServiceUnavailable,
            _ => StatusOf(error.Kind),
        };
        return new ApiError(status, error.Code, error.Message) { Findings = error.Findings };
    }

    private static int StatusOf(ServiceErrorKind kind) => kind switch
    {
        ServiceErrorKind.Invalid => StatusCodes.Status400BadRequest,
        ServiceErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ServiceErrorKind.NotFound => StatusCodes.Status404NotFound,
        ServiceErrorKind.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status500InternalServerError,
    };
}
