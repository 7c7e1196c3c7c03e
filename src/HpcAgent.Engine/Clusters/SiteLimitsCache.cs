using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Clusters;

/// <summary>Limits that a site has told before.</summary>
/// <param name="Limits">The limits.</param>
/// <param name="Age">How long ago; never below zero.</param>
public sealed record CachedLimits(SiteLimits Limits, TimeSpan Age);

/// <summary>
/// What sites have told of their limits, in <c>sites/&lt;name&gt;.json</c> of the user's state folder. A record that was made for another host, user,
/// scheduler, partition, queue, account or quality of service does not count; neither does one that cannot be read.
/// </summary>
/// <param name="state">The user's state folder.</param>
/// <param name="clock">The clock.</param>
public sealed class SiteLimitsCache(StateFolder state, TimeProvider clock)
{
    /// <summary>The limits of a site, or null if it was never asked.</summary>
    /// <param name="site">The site.</param>
    public CachedLimits? Read(SiteConfig site)
    {
        try
        {
            byte[] json = File.ReadAllBytes(PathOf(site));
            SiteLimitsRecord? record = JsonSerializer.Deserialize(json, SiteLimitsJson.Default.SiteLimitsRecord);
            if (record is not { Version: SiteLimitsRecord.Current, Limits: { AskedAt: { } asked, Partitions: not null, Accounts: not null, ParallelEnvironments: not null } } || record.Site != KeyOf(site)) return null;
            TimeSpan age = clock.GetUtcNow() - asked;
            return new CachedLimits(record.Limits, age < TimeSpan.Zero ? TimeSpan.Zero : age);
        }
        catch (Exception error) when (error is JsonException || StorageError.IsStorageError(error))
        {
            return null;
        }
    }

    /// <summary>Keeps the limits of a site. Where they do not say when they were asked, it is now.</summary>
    /// <param name="site">The site.</param>
    /// <param name="limits">What it said, without what is configured.</param>
    /// <param name="cancellationToken">Looked at before anything is written.</param>
    public Task WriteAsync(SiteConfig site, SiteLimits limits, CancellationToken cancellationToken = default)
    {
        SiteLimitsRecord record = new(SiteLimitsRecord.Current, KeyOf(site), limits with { AskedAt = limits.AskedAt ?? clock.GetUtcNow() });
        return DurableFile.WriteAsync(PathOf(site), JsonSerializer.SerializeToUtf8Bytes(record, SiteLimitsJson.Default.SiteLimitsRecord), cancellationToken);
    }

    private string PathOf(SiteConfig site) => Path.Join(state.Root, "sites", $"{site.Name}.json");

    private static string KeyOf(SiteConfig site) => string.Join(
        '\n',
        new[]
        {
            site.Name, site.Scheduler, site.User, site.Host, site.Port?.ToString(CultureInfo.InvariantCulture), site.SshConfig, site.Options.Partition,
            site.Options.Queue, site.Options.Account, site.Options.Qos,
        }.Select(part => part ?? ""));
}

/// <summary>The file of one site.</summary>
internal sealed record SiteLimitsRecord(int Version, string Site, SiteLimits Limits)
{
    public const int Current = 1;
}

/// <summary>Its form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SiteLimitsRecord))]
internal sealed partial class SiteLimitsJson : JsonSerializerContext;
