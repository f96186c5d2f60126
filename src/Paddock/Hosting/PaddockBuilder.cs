using Microsoft.Extensions.DependencyInjection;
using Paddock.HostApi;

namespace Paddock;

internal sealed class PaddockBuilder(IServiceCollection services) : IPaddockBuilder
{
    public IServiceCollection Services { get; } = services;

    public IPaddockBuilder AddRuntime(Func<IServiceProvider, ISandboxRuntime> factory)
    {
        Services.AddSingleton(factory);
        return this;
    }

    public IPaddockBuilder AddRuntime<TRuntime>() where TRuntime : class, ISandboxRuntime
    {
        Services.AddSingleton<ISandboxRuntime, TRuntime>();
        return this;
    }

    public IPaddockBuilder AddJavaScriptAnalyzer(Func<IServiceProvider, IJavaScriptAnalyzer> factory)
    {
        Services.AddSingleton(factory);
        return this;
    }

    public IPaddockBuilder AddHostFunctions(Func<IServiceProvider, HostFunctionGroup> factory)
    {
        Services.AddSingleton(factory);
        return this;
    }
}
