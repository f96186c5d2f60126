using Microsoft.Extensions.DependencyInjection;

namespace Paddock;

/// <summary>Adds Paddock to an application.</summary>
public static class PaddockServiceCollectionExtensions
{
    /// <summary>Adds the host: <see cref="IPluginService"/>, <see cref="IExecutionService"/>, <see cref="IPermissionService"/>, <see cref="ITokenStore"/>, <see cref="IAuditLog"/> and <see cref="IPaddockStatus"/>. The store is opened, and the schema migrated, when the application starts.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; thrown when the application starts.</exception>
    public static IPaddockBuilder AddPaddock(this IServiceCollection services, Action<PaddockOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<PaddockOptions>().Configure(configure).ValidateOnStart();
        return new PaddockBuilder(services);
    }
}
