using System.Text;

namespace HpcAgent.Engine.Schedulers;

/// <summary>Gives the same string for the same bytes: two hundred thousand rows name a dozen states and a few hundred nodes.</summary>
internal sealed class Utf8Interner
{
    private readonly Dictionary<int, string> _known = [];
    private string _last = "";

    public string Get(ReadOnlySpan<byte> text) => Ascii.Equals(text, _last) ? _last : _last = Find(text);

    private string Find(ReadOnlySpan<byte> text)
    {
        HashCode hash = default;
        hash.AddBytes(text);
        int key = hash.ToHashCode();
        if (_known.TryGetValue(key, out string? known) && Ascii.Equals(text, known)) return known;
        return _known[key] = Encoding.UTF8.GetString(text);
    }
}
