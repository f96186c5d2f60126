using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Paddock.Policy;
using Paddock.Sandbox.Container;

namespace Paddock.Cli;

/// <summary>A host for one run, whose store is gone afterwards.</summary>
internal static class RunHost
{
    /// <summary>Who runs it.</summary>
    public static Principal User { get; } = new(Principal.DefaultTenant, "cli", PrincipalRole.Operator);

    public static async Task<int> ExecuteAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("paddock-run-");
        try
        {
            using var host = Build(folder.CreateSubdirectory("data").FullName, options);
            await host.StartAsync(cancellationToken);
            int code = options.IsScript
                ? await SingleRun.RunAsync(host.Services, options, cancellationToken)
                : await PackageRun.RunAsync(host.Services, options, folder, cancellationToken);
            await host.StopAsync(CancellationToken.None);
            return code;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IHost Build(string data, RunOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var paddock = builder.Services.AddPaddock(o =>
        {
            o.DataDirectory = data;
            o.Limits = o.ProgramLimits = options.Limits;
            o.DefaultTimeout = options.Timeout;

            // A package of somebody else's runs where a server would run it; a script of the user's own starts at once, behind the engine.
            if (!options.IsScript && !options.InProcess) o.Isolation = o.Isolation with { Untrusted = IsolationLevel.Process };
        }).AddJavaScript();
        if (!options.IsScript) paddock.AddWebAssembly().AddWorkers().AddProcesses().AddGoPlugins().AddContainers(Containers(options));
        return builder.Build();
    }

    // Beside a server's data and not in the run's own: the next run finds there what one that was killed left in the engine.
    private static ContainerOptions Containers(RunOptions options) => new() { StateDirectory = DataDirectory.Default() + "-run", Socket = options.Engine, KeepImages = false, Report = options.EngineSaid.Enqueue };
}
