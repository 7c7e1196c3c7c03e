namespace HpcAgent.Engine.Clusters;

/// <summary>Finds what a template left for the user to fill in, such as <c>&lt;your_user&gt;</c>.</summary>
internal static class SitePlaceholders
{
    /// <summary>What the message says and no other does.</summary>
    public const string Words = "is still the placeholder";

    /// <summary>Refuses a cluster that still has one.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>, with its place.</exception>
    public static void Refuse(SiteMapping map, string file, string cluster)
    {
        foreach (SiteKey key in map.Keys)
        {
            if (Find(key.Value) is { } scalar)
                throw SiteError.At(file, scalar, $"'{key.Name}' of the cluster '{cluster}' {Words} '{scalar.Text.Trim()}'", "Write your own value there, or remove the key.");
        }
    }

    private static SiteScalar? Find(SiteNode node) => node switch
    {
        SiteScalar scalar => scalar.Text.Contains("<your_", StringComparison.OrdinalIgnoreCase) ? scalar : null,
        SiteList list => list.Items.Select(Find).FirstOrDefault(found => found is not null),
        SiteMapping map => map.Keys.Select(key => Find(key.Value)).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
