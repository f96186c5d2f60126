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

    public static void Ended(Activity? activity, CallResult result)
    {
        Duration.Record(result.Duration.TotalSeconds, new KeyValuePair<string, object?>("status", result.Status.ToString()), new("code", result.Error?.Code));
        activity?.SetTag("paddock.status", result.Status.ToString()).SetTag("paddock.code", result.Error?.Code);
    }
}
