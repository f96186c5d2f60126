using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Paddock.HostApi.Clock;

internal sealed class ClockFunctionGroup : HostFunctionGroup
{
    internal override IEnumerable<HostFunction> Create(HostApiOptions options, TimeProvider clock) => [new Now(clock), new RandomBytes()];
}

/// <summary>time.now {}: {unixMs, iso}. Needs no permission.</summary>
internal sealed class Now(TimeProvider clock) : HostFunction("time.now", null, Access.None)
{
    internal override string? Target(JsonElement arguments) => null;

    internal override bool Covers(Permission granted, JsonElement arguments) => false;

    internal override ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        var milliseconds = call.Scope.Sources?.UtcNowMilliseconds() ?? clock.GetUtcNow().ToUnixTimeMilliseconds();
        var at = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return ValueTask.FromResult(Json(new { unixMs = milliseconds, iso = at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) }));
    }
}

/// <summary>random.bytes {count}: {base64}. Needs no permission.</summary>
internal sealed class RandomBytes() : HostFunction("random.bytes", null, Access.None, "count")
{
    private const int Most = 65_536;

    internal override string? Target(JsonElement arguments) => null;

    internal override bool Covers(Permission granted, JsonElement arguments) => false;

    internal override ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        if (!call.Arguments.TryGetProperty("count", out _)) throw Arguments.Invalid("count is missing.");
        var bytes = new byte[Arguments.OptionalNumber(call.Arguments, "count", 1, Most)];
        if (call.Scope.Sources is { } sources) sources.Fill(bytes);
        else RandomNumberGenerator.Fill(bytes);
        return ValueTask.FromResult(Json(new { base64 = Convert.ToBase64String(bytes) }));
    }
}
