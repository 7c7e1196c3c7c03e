using System.Globalization;
using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Hosts;

/// <summary>What a site says about its ssh connection, as arguments.</summary>
internal sealed class SshTarget
{
    private readonly SiteConfig _site;

    /// <summary>Checks what the site says.</summary>
    /// <param name="site">The site, with a host.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>.</exception>
    public SshTarget(SiteConfig site)
    {
        _site = site;
        Check("host", site.Host ?? "");
        if (site.User is { } user) Check("user", user);
        if (site.Port is < 1 or > 65535) throw Wrong("port", site.Port.Value.ToString(CultureInfo.InvariantCulture), "a number from 1 to 65535");
        if (site.SshConfig is { } file && !File.Exists(file)) throw Wrong("ssh_config", file, "an existing file");
    }

    /// <summary>How messages call it.</summary>
    public string Name => _site.User is { } user ? $"{user}@{_site.Host}" : _site.Host!;

    /// <summary>The last arguments before the command.</summary>
    public IEnumerable<string> Destination => ["--", _site.Host!];

    /// <summary>The arguments that choose the connection. ssh takes the first value of an option, so none of these can be undone.</summary>
    public IReadOnlyList<string> Arguments
    {
        get
        {
            List<string> arguments = ["-T"];
            if (_site.SshConfig is { } file) arguments.AddRange(["-F", file]);
            arguments.AddRange(["-o", "BatchMode=yes", "-o", "LogLevel=VERBOSE", "-o", "ClearAllForwardings=yes"]);
            foreach (var option in _site.SshOptions) arguments.AddRange(["-o", option]);
            if (_site.Port is { } port) arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
            if (_site.User is { } user) arguments.AddRange(["-l", user]);
            return arguments;
        }
    }

    private void Check(string key, string value)
    {
        if (value.Length == 0 || value[0] is '-' || value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            throw Wrong(key, value, "a name without blanks that does not begin with '-'");
    }

    private HpcException Wrong(string key, string value, string expected) =>
        new(ErrorCode.ConfigInvalid, $"{_site.Origin}: {key} of cluster '{_site.Name}' is '{value}'.", $"Give {expected}.");
}
