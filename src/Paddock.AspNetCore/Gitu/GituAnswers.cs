namespace Paddock.AspNetCore;

/// <summary>The answers of the Gitu interface: an object with <c>success</c> and one more member.</summary>
internal sealed record GituAnswer(bool Success);

internal sealed record GituPluginAnswer(bool Success, GituPlugin Plugin);

internal sealed record GituPluginList(bool Success, IReadOnlyList<GituPlugin> Plugins);

internal sealed record GituExecutionAnswer(bool Success, GituExecution Result);

internal sealed record GituExecutionList(bool Success, IReadOnlyList<GituExecutionRecord> Executions);

internal sealed record GituPermissionAnswer(bool Success, PermissionResponse Permission);

internal sealed record GituPermissionList(bool Success, IReadOnlyList<PermissionResponse> Permissions);

internal sealed record GituRequestAnswer(bool Success, PermissionRequestResponse Request);

internal sealed record GituRequestList(bool Success, IReadOnlyList<PermissionRequestResponse> Requests);

/// <summary>An empty catalog: this server publishes none. <c>items</c> stands beside Gitu's own <c>catalog</c>.</summary>
internal sealed record GituCatalog(bool Success, IReadOnlyList<object> Catalog, IReadOnlyList<object> Items);

/// <summary>Both shapes in one body: <c>{valid, errors}</c> as Gitu's guide shows it, and the same under <c>result</c> as its source answers.</summary>
internal sealed record GituValidationAnswer(bool Success, bool Valid, IReadOnlyList<string> Errors, IReadOnlyList<FindingResponse> Findings, GituValidation Result)
{
    public static GituValidationAnswer From(IReadOnlyList<Finding> findings)
    {
        string[] errors = [.. findings.Where(f => f.Severity == FindingSeverity.Error).Select(f => f.Code).Distinct(StringComparer.Ordinal)];
        return new(true, errors.Length == 0, errors, FindingResponse.FromAll(findings), new GituValidation(errors.Length == 0, errors));
    }
}

internal sealed record GituValidation(bool Valid, IReadOnlyList<string> Errors);
