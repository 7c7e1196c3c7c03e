using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

/// <summary>Generators of parameter values.</summary>
internal static class Values
{
    public static Gen<string> Text(bool surrogateHalves)
    {
        var unit = Gen.OneOf(
            Gen.Choose(0x20, 0x7e), Gen.Choose(0, 0x1f), Gen.Choose(0x7f, 0x2ff), Gen.Choose(0x2000, 0x2100), Gen.Choose(0xe000, 0xffff),
            Gen.Choose(0x10000, 0x10ffff), surrogateHalves ? Gen.Choose(0xd800, 0xdfff) : Gen.Choose('a', 'z'));
        return Gen.ListOf(unit).Select(units => string.Concat(units.Select(u => u > 0xffff ? char.ConvertFromUtf32(u) : ((char)u).ToString())));
    }

    public static Gen<object?> Scalar(bool surrogateHalves) => Gen.OneOf(
        Gen.Constant<object?>(null),
        ArbMap.Default.GeneratorFor<bool>().Select(b => (object?)b),
        ArbMap.Default.GeneratorFor<long>().Select(n => (object?)n),
        ArbMap.Default.GeneratorFor<double>().Select(d => (object?)d),
        ArbMap.Default.GeneratorFor<ulong>().Select(n => (object?)(BigInteger.Pow(n, 3) + ulong.MaxValue)),
        Text(surrogateHalves).Select(t => (object?)t));

    public static Arbitrary<object?> Nested(bool surrogateHalves = true) => Arb.From(Sized(surrogateHalves, 3));

    private static Gen<object?> Sized(bool surrogateHalves, int depth)
    {
        if (depth == 0) return Scalar(surrogateHalves);
        var inner = Sized(surrogateHalves, depth - 1);
        var items = Gen.Choose(0, 4).SelectMany(n => Gen.ArrayOf(inner, n));
        var map = items.SelectMany(values => Gen.ArrayOf(Text(surrogateHalves), values.Length).Select(names =>
            (object?)ParameterMap.Create(names.Zip(values).DistinctBy(e => e.First).Select(e => new KeyValuePair<string, object?>(e.First, e.Second)))));
        return Gen.OneOf(Scalar(surrogateHalves), items.Select(list => (object?)list), map);
    }
}
