using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Hosts;

/// <summary>Chooses where the commands of a site run.</summary>
public static class HostFactory
{
    /// <summary>This machine for a site without a host, else ssh.</summary>
    /// <param name="site">The site.</param>
    /// <param name="stateFolder">The user's state folder, absolute.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="options">How ssh behaves.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: the host, user or port of the site cannot be right.</exception>
    public static IHost Create(SiteConfig site, string stateFolder, TimeProvider clock, SshHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        return site.Host is null ? new LocalHost(clock) : new SshHost(site, stateFolder, clock, options);
    }
}
