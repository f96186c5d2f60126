using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Paddock.HostApi.Door;

/// <summary>What host calls look like from outside, in the source of traces and the meter named <c>Paddock</c>. No argument, reply or text of a guest is in either.</summary>
internal static class DoorMetrics
{
    internal const string Unknown = "unknown";

    private static readonly ActivitySource Source = new("Paddock");
    private static readonly Meter Meter = new("Paddock");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("paddock.hostcall.duration", "s", "Wall time of host calls, those that were denied included.");
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("paddock.hostcall.bytes", "By", "Bytes of arguments and replies of host calls, and of what went through connections.");

    /// <summary>A span of a host call under the call that it belongs to; a guest's thread does not carry that by itself.</summary>
    internal static Activity? Start(string function, HostCallScope scope, ActivityContext parent)
    {
        if (!Source.HasListeners()) return null;
        return Source.StartActivity("paddock.hostcall", ActivityKind.Internal, parent)
            ?.SetTag("paddock.function", function).SetTag("paddock.plugin", scope.PluginId).SetTag("paddock.execution", scope.ExecutionId);
    }

    internal static void Ended(Activity? activity, string function, HostCallScope scope, TimeSpan duration, string? code, long bytes)
    {
        if (Duration.Enabled) Duration.Record(duration.TotalSeconds, new("paddock.plugin", scope.PluginId), new("paddock.function", function), new KeyValuePair<string, object?>("paddock.code", code));
        Carried(function, scope, bytes);
        if (activity is null) return;
        activity.SetTag("paddock.code", code);
        if (code is not null) activity.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Bytes of a function beside its arguments and its reply, or of them.</summary>
    internal static void Carried(string function, HostCallScope scope, long bytes)
    {
        if (Bytes.Enabled) Bytes.Add(bytes, new("paddock.plugin", scope.PluginId), new KeyValuePair<string, object?>("paddock.function", function));
    }
}
