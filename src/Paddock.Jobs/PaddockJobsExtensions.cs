using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Paddock.Jobs.Running;
using Paddock.Jobs.Schedules;

namespace Paddock;

/// <summary>Adds the scheduler to a host.</summary>
public static class PaddockJobsExtensions
{
    /// <summary>Runs the jobs of plugins by the clock, from the start of the application to its end, and answers <see cref="IJobs"/>. A scheduler that the application has of its own is not touched.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Sets options; an option out of range throws here.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static IPaddockBuilder AddJobs(this IPaddockBuilder builder, Action<JobsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new JobsOptions();
        configure?.Invoke(options);
        if (!options.IsValid) throw new ArgumentOutOfRangeException(nameof(configure), "An option of the jobs is out of range.");
        builder.Services.AddSingleton(options);
        builder.Services.TryAddSingleton<JobTable>();
        builder.Services.TryAddSingleton<JobCall>();
        builder.Services.TryAddSingleton<JobRunner>();
        builder.Services.TryAddSingleton<JobScheduler>();
        builder.Services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<JobScheduler>());
        builder.Services.Replace(ServiceDescriptor.Singleton<IScheduleCheck, ScheduleCheck>());
        builder.Services.Replace(ServiceDescriptor.Singleton<IJobs, JobDirectory>());
        return builder;
    }
}
