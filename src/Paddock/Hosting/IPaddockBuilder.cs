using Microsoft.Extensions.DependencyInjection;
using Paddock.HostApi;

namespace Paddock;

/// <summary>Adds runtimes to a host. A runtime that is not added answers <c>RUNTIME_UNAVAILABLE</c>.</summary>
public interface IPaddockBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Adds a runtime; one for each <see cref="PluginRuntime"/>. The host disposes it.</summary>
    IPaddockBuilder AddRuntime(Func<IServiceProvider, ISandboxRuntime> factory);

    /// <summary>Adds a runtime that is made from services.</summary>
    IPaddockBuilder AddRuntime<TRuntime>() where TRuntime : class, ISandboxRuntime;

    /// <summary>Adds the parser that JavaScript plugins are validated with. Required.</summary>
    IPaddockBuilder AddJavaScriptAnalyzer(Func<IServiceProvider, IJavaScriptAnalyzer> factory);

    /// <summary>Gives plugins host functions (<see cref="HostFunctions"/>): a database, the network, mail. What is not given, no policy can grant.</summary>
    IPaddockBuilder AddHostFunctions(Func<IServiceProvider, HostFunctionGroup> factory);
}
