namespace Paddock.Tests.Seam;

internal static class ResultAssert
{
    /// <summary>The code of the error, or "OK".</summary>
    public static string Code<T>(this Result<T> result) => result.Error?.Code ?? "OK";

    /// <summary>The codes of the errors found, in order.</summary>
    public static string[] ErrorCodes<T>(this Result<T> result) =>
        [.. result.Error?.Findings.Where(f => f.Severity == FindingSeverity.Error).Select(f => f.Code) ?? []];

    /// <summary>A result's value as text.</summary>
    public static string Text(this CallResult result) => System.Text.Encoding.UTF8.GetString(result.Value.Span);
}
