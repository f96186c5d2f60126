using Microsoft.Extensions.Options;

namespace Paddock.Hosting;

internal sealed class PaddockOptionsValidator : IValidateOptions<PaddockOptions>
{
    public ValidateOptionsResult Validate(string? name, PaddockOptions options)
    {
        var failures = new List<string>();
        Require(!string.IsNullOrWhiteSpace(options.DataDirectory), "DataDirectory is required.");
        Require(options.DefaultTimeout >= TimeSpan.FromMilliseconds(200) && options.DefaultTimeout <= options.Limits.Timeout, "DefaultTimeout is from 200 ms up to Limits.Timeout.");
        Require(new[] { options.Limits, options.ProgramLimits, options.ContainerLimits }.All(l => l.Timeout <= TimeSpan.FromSeconds(300)), "Timeout of Limits, ProgramLimits and ContainerLimits is at most 300 s.");
        Require(options.PluginsPerOwner > 0 && options.PluginBytesPerOwner > 0, "PluginsPerOwner and PluginBytesPerOwner are at least 1.");
        Require(options.InputBytes > 0, "InputBytes is at least 1.");
        Require(options.KeptResultBytes >= 0, "KeptResultBytes is at least 0.");
        Require(options.CallsPerPlugin > 0 && options.Calls > 0, "CallsPerPlugin and Calls are at least 1.");
        Require(options.LoadedPlugins > 0 && options.LoadedBytes > 0, "LoadedPlugins and LoadedBytes are at least 1.");
        Require(options.RollBackAfter >= 0 && options.QuarantineAfter >= 0, "RollBackAfter and QuarantineAfter are at least 0.");
        Require(options.Packages > 0 && options.PackageBytes > 0, "Packages and PackageBytes are at least 1.");
        Require(options.PackagesDebounce > TimeSpan.Zero && options.UninstalledData >= TimeSpan.Zero, "PackagesDebounce is positive, UninstalledData not negative.");
        var retention = options.Retention;
        Require(retention.Executions > TimeSpan.Zero && retention.Logs > TimeSpan.Zero && retention.Audit > TimeSpan.Zero && retention.Replays > TimeSpan.Zero, "Retention times are positive.");
        Require(retention.ExecutionsPerPlugin > 0 && retention.LogEntries > 0 && retention.AuditRecords > 0 && retention.ReplayBytes > 0, "Retention counts are at least 1.");
        Require(retention.Interval >= TimeSpan.FromSeconds(1) && retention.Interval <= TimeSpan.FromDays(1), "Retention.Interval is from 1 s to 1 day.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Require(bool condition, string failure)
        {
            if (!condition) failures.Add(failure);
        }
    }
}
