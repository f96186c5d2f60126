using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>What a caller of a plugin's route is told when the call did not go well.</summary>
internal static class CallFailures
{
    /// <summary>The error of a call that did not complete, or that completed with one of the plugin's own error codes; null where all is well.</summary>
    public static ApiError? Of(CallResult result, string plugin, ContributionSet set)
    {
        if (result.Status == CallStatus.Completed)
            return set.ErrorCodes.Count > 0 && Named(result.Value.Span) is { } code ? Registered(code, plugin, set) : null;
        return result.Error is { } error && Registered(error.Message, plugin, set) is { } own ? own : Of(result);
    }

    // SECURITY: a guest's message can hold what its database or another service told it. A caller gets the code; the
    // message is in the plugin's log.
    private static ApiError Of(CallResult result)
    {
        string code = result.Error?.Code ?? ErrorCodes.GuestError;
        return (result.Status, code) switch
        {
            (CallStatus.LimitExceeded, ErrorCodes.TurnLimit) => new(StatusCodes.Status503ServiceUnavailable, code, "The plugin is busy."),
            (CallStatus.LimitExceeded, ErrorCodes.TimeLimit) => new(StatusCodes.Status504GatewayTimeout, code, "The plugin took too long."),
            (_, ErrorCodes.RateLimited) => new(StatusCodes.Status429TooManyRequests, code, "The plugin is called more often than it may be."),
            (CallStatus.LimitExceeded, _) => new(StatusCodes.Status502BadGateway, code, "The plugin reached one of its limits."),
            (CallStatus.Denied, _) => new(StatusCodes.Status403Forbidden, code, "The plugin may not do this."),
            (CallStatus.Cancelled, _) => new(StatusCodes.Status503ServiceUnavailable, code, "The call was cancelled."),
            _ => new(StatusCodes.Status502BadGateway, code, "The plugin failed."),
        };
    }

    private static ApiError? Registered(string code, string plugin, ContributionSet set)
    {
        string prefix = plugin + ":";
        string full = code.StartsWith(prefix, StringComparison.Ordinal) ? code : prefix + code;
        // Whoever else registered the code: a plugin speaks with its own only.
        if (!set.ErrorCodes.TryGetValue(full, out var found) || found.Plugin != plugin) return null;
        int status = found.Value.HttpStatus is >= 400 and <= 599 ? found.Value.HttpStatus : StatusCodes.Status500InternalServerError;
        return new(status, full, found.Value.Message);
    }

    /// <summary>The text of a reply's member <c>error_code</c> or <c>error</c>.</summary>
    private static string? Named(ReadOnlySpan<byte> reply)
    {
        if (reply.IndexOf("\"error"u8) < 0) return null;
        var reader = new Utf8JsonReader(reply, new JsonReaderOptions { MaxDepth = 1000 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? named = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isCode = reader.ValueTextEquals("error_code"u8) || (named is null && reader.ValueTextEquals("error"u8));
            reader.Read();
            if (isCode && reader.TokenType == JsonTokenType.String) named = reader.GetString();
            else reader.Skip();
        }

        return named;
    }
}
