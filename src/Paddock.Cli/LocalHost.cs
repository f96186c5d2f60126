using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Paddock.Cli;

/// <summary>The services of a host on a data directory, within this process: for commands while no server runs on it. It is in safe mode: no plugin serves, no job runs.</summary>
internal sealed class LocalHost : IAsyncDisposable
{
    private readonly IHost _host;

    private LocalHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    /// <summary>Who acts: whoever can write the data directory is its operator. The audit names the user of this machine.</summary>
    public Principal User { get; } = new(Principal.DefaultTenant, $"cli:{Environment.UserName}", PrincipalRole.Operator);

    /// <summary>Takes hold of a data directory.</summary>
    /// <exception cref="CommandException">There is no store in it.</exception>
    /// <exception cref="StoreException">A server runs on it.</exception>
    public static async Task<LocalHost> StartAsync(string data, CancellationToken cancellationToken)
    {
        // A directory that was mistyped is not made.
        if (!File.Exists(Path.Combine(data, "paddock.db")))
            throw new CommandException($"There is no store in {data}. Name its data directory with --data; paddock serve makes one.");
        var host = new LocalHost(Build(data));
        try
        {
            await host._host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else _host.Dispose();
    }

    private static IHost Build(string data)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // a start that fails is told by the tool itself, once
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddPaddock(o =>
        {
            o.DataDirectory = data;
            o.SafeMode = true;
        }).AddJavaScript().AddWebAssembly().AddWorkers().AddProcesses().AddGoPlugins();
        return builder.Build();
    }
}
