namespace HpcAgent.Engine.Failures;

/// <summary>
/// Finds which of many texts are in a line, in one pass: the automaton of Aho and Corasick (1975). Capitals are ignored; the texts are ASCII in
/// small letters.
/// </summary>
internal sealed class LiteralSearch
{
    private const int Letters = 128;
    private readonly List<int[]> _next = [NewState()];
    private readonly List<List<int>> _found = [[]];

    /// <summary>Creates the automaton.</summary>
    /// <param name="texts">Each text with the number that is reported for it.</param>
    public LiteralSearch(IEnumerable<(string Text, int Id)> texts)
    {
        foreach ((string text, int id) in texts) Add(text, id);
        Link();
    }

    /// <summary>Adds the numbers of all texts that are in a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ids">Where to add them.</param>
    public void Find(ReadOnlySpan<char> line, SortedSet<int> ids)
    {
        int state = 0;
        foreach (char c in line)
        {
            state = c < Letters ? _next[state][c] : 0;
            foreach (int id in _found[state]) _ = ids.Add(id);
        }
    }

    private void Add(string text, int id)
    {
        int state = 0;
        foreach (char c in text)
        {
            if (_next[state][c] < 0)
            {
                _next[state][c] = _next.Count;
                _next.Add(NewState());
                _found.Add([]);
            }
            state = _next[state][c];
        }
        _found[state].Add(id);
    }

    // Breadth first: where a state does not go on, it goes on as the longest end of it does that is a beginning of a text.
    private void Link()
    {
        Queue<(int State, int Fallback)> open = new();
        int[] root = _next[0];
        for (int c = 0; c < Letters; c++)
        {
            if (root[c] < 0) root[c] = 0;
            else open.Enqueue((root[c], 0));
        }
        while (open.TryDequeue(out (int State, int Fallback) at))
        {
            int[] next = _next[at.State];
            _found[at.State].AddRange(_found[at.Fallback]);
            for (int c = 0; c < Letters; c++)
            {
                int other = _next[at.Fallback][c];
                if (next[c] < 0) next[c] = other;
                else open.Enqueue((next[c], other));
            }
        }
        foreach (int[] next in _next)
            for (int c = 'A'; c <= 'Z'; c++) next[c] = next[c + 32];
    }

    private static int[] NewState()
    {
        int[] next = new int[Letters];
        Array.Fill(next, -1);
        return next;
    }
}
