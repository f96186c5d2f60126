using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>Writes an error in the shape of the interface it happened on: Gitu's under <c>/api/gitu</c>, GoatKit's under <c>/api/v1/plugins</c>, ProblemDetails (RFC 9457) everywhere else.</summary>
internal static class ErrorWriter
{
    public const string TypePrefix = "urn:paddock:error:";

    public static Task WriteAsync(HttpContext context, ApiError error)
    {
        context.Response.StatusCode = error.Status;
        return context.Request.Path.StartsWithSegments(Routes.Gitu, StringComparison.OrdinalIgnoreCase)
            ? Wire.WriteAsync(context.Response, GituError(error), "application/json; charset=utf-8")
            : context.Request.Path.StartsWithSegments(Routes.GoatKit, StringComparison.OrdinalIgnoreCase)
            ? Wire.WriteAsync(context.Response, new GoatKitErrorResponse(error.Code, error.Message, FindingResponse.FromAll(error.Findings)), "application/json; charset=utf-8")
            : Wire.WriteAsync(context.Response, Problem(error), "application/problem+json; charset=utf-8");
    }

    private static GituErrorResponse GituError(ApiError error)
    {
        string[] codes = error.Findings.Count == 0 ? [error.Code] : [.. error.Findings.Select(f => f.Code).Distinct(StringComparer.Ordinal)];
        return new(false, error.Code, codes, error.Message, FindingResponse.FromAll(error.Findings));
    }

    private static ProblemResponse Problem(ApiError error) =>
        new(TypePrefix + error.Code, error.Code, error.Status, error.Message, FindingResponse.FromAll(error.Findings));
}

/// <summary>A failure on the Gitu interface. <c>errors</c> lists the codes, as Gitu's clients expect them; <c>findings</c> says where and how to mend.</summary>
internal sealed record GituErrorResponse(bool Success, string Error, IReadOnlyList<string> Errors, string Message, IReadOnlyList<FindingResponse> Findings);

/// <summary>A failure on the native interface, as application/problem+json.</summary>
internal sealed record ProblemResponse(string Type, string Title, int Status, string Detail, IReadOnlyList<FindingResponse> Findings);
