namespace Paddock.AspNetCore;

/// <summary>Ends a request with a code that the client can act on. Thrown while a request is read, before anything was done.</summary>
internal sealed class ApiException(ApiError error) : Exception(error.Message)
{
    public ApiError Error { get; } = error;
}

/// <summary>An error as every interface tells it: a status, a stable code, and what to do.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
internal sealed record ApiError(int Status, string Code, string Message)
{
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    public ApiException AsException() => new(this);
}
