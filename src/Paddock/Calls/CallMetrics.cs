using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Paddock.Calls;

/// <summary>What calls look like from outside: one source of traces and one meter, both named <c>Paddock</c>. Neither carries input, result or a guest's text.</summary>
internal static class CallMetrics
{
    private static readonly ActivitySource Source = new("Paddock");
    private static readonly Meter Meter = new("Paddock");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("paddock.call.duration", "s", "Wall time of calls, waiting included.");

    public static Activity? Start(PluginIdentity plugin, string executionId) => Source.StartActivity("paddock.call")
        ?.SetTag("paddock.plugin", plugin.Id).SetTag("paddock.tenant", plugin.Tenant).SetTag("paddock.execution", executionId);

    public static void Ended(Activity? activity, PluginIdentity plugin, CallResult result)
    {
        // Snippets go together: they are as many as their authors like, and each name would be a time series of its own.
        Duration.Record(result.Duration.TotalSeconds,
            new KeyValuePair<string, object?>("plugin", plugin.Name ?? "snippet"), new("status", StatusName(result.Status)), new("code", result.Error?.Code));
        if (activity is null) return;
        activity.SetTag("paddock.status", StatusName(result.Status)).SetTag("paddock.code", result.Error?.Code);
    }

    private static string StatusName(CallStatus status) => status switch
    {
        CallStatus.Completed => nameof(CallStatus.Completed),
        CallStatus.GuestFault => nameof(CallStatus.GuestFault),
        CallStatus.LimitExceeded => nameof(CallStatus.LimitExceeded),
        CallStatus.Denied => nameof(CallStatus.Denied),
        _ => nameof(CallStatus.Cancelled),
    };
}
