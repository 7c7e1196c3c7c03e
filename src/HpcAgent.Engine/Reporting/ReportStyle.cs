namespace HpcAgent.Engine.Reporting;

/// <summary>The style sheet of a report. It has no sign that XML would take for markup.</summary>
internal static class ReportStyle
{
    /// <summary>The style sheet.</summary>
    public static string Text { get; } =
        $":root{{color-scheme:light dark;{Palette.Declarations(Palette.Light)}}}\n" +
        $"@media (prefers-color-scheme:dark){{:root{{{Palette.Declarations(Palette.Dark)}}}}}\n" +
        $"@media print{{:root{{color-scheme:light;{Palette.Declarations(Palette.Light)}}}}}\n" + Rules;

    private const string Rules = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        main{max-width:1480px;margin:0 auto;padding:1.5rem clamp(.8rem,2.5vw,2.5rem) 3rem}
        bdi,code,pre{unicode-bidi:isolate}
        code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.87em}
        h1{margin:0;font-size:clamp(1.3rem,3.2vw,1.9rem);line-height:1.2;overflow-wrap:anywhere}
        h2{margin:2.2rem 0 .7rem;font-size:1.2rem}
        h3{margin:1.4rem 0 .3rem;font-size:1rem;overflow-wrap:anywhere}
        p{margin:.4rem 0;overflow-wrap:anywhere}
        li{overflow-wrap:anywhere}
        .over{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.06em;text-transform:uppercase}
        .skip{position:absolute;left:-99rem}
        .skip:focus{left:1rem;top:1rem;padding:.4rem .8rem;background:var(--card)}
        a{color:var(--link)}
        :focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
        .state{margin:.5rem 0 .8rem}
        .badge{display:inline-block;margin-right:.3rem;padding:.05rem .6rem;border:1px solid var(--line);border-left:.5rem solid var(--c,var(--line));border-radius:.4rem;background:var(--card);font-weight:600}
        pre{margin:.5rem 0;padding:.6rem .8rem;overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--card);white-space:pre-wrap;overflow-wrap:anywhere;max-height:24rem}
        .tiles{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0 0;padding:0;list-style:none}
        .tiles li{min-width:6.5rem;padding:.5rem .9rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card)}
        .tiles b{display:block;font-size:1.5rem;line-height:1.25;font-variant-numeric:tabular-nums}
        .tiles span{color:var(--soft)}
        .edge{border-left:.35rem solid var(--c)!important}
        dl{display:grid;gap:.7rem 1.5rem;margin:1.1rem 0 0}
        .short{grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr))}
        .long{grid-template-columns:repeat(auto-fill,minmax(min(100%,27rem),1fr))}
        dt{color:var(--soft);font-size:.82rem}
        dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        .grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:1rem;align-items:start}
        figure{margin:0;padding:.8rem .9rem .5rem;min-width:0;max-width:38rem;border:1px solid var(--line);border-radius:.6rem;background:var(--card);break-inside:avoid}
        figcaption strong{display:block;overflow-wrap:anywhere}
        .legend{display:flex;flex-wrap:wrap;gap:.1rem .9rem;font-size:.85rem}
        .key{display:inline-block;width:.75rem;height:.75rem;margin-right:.35rem;border-radius:.15rem;background:var(--c)}
        .key.c-limit{height:.15rem;vertical-align:.25rem}
        figure th,figure td{padding:.25rem .5rem}
        @media (min-width:1210px){.wide{grid-column:1/-1;max-width:none}}
        .note,.empty{color:var(--soft);font-size:.87rem}
        .warning{padding:.4rem .8rem;border-radius:.4rem;background:var(--warn)}
        svg{display:block;width:100%;height:auto;margin:.4rem 0 .2rem;overflow:visible}
        svg text{fill:var(--soft);font-size:13px;font-variant-numeric:tabular-nums}
        svg .axis{fill:var(--soft);font-style:italic}
        .grid line.grid,svg .grid{stroke:var(--line);stroke-width:1}
        .base{stroke:var(--soft);stroke-width:1}
        .c-complete{--c:var(--complete);fill:var(--complete)}
        .c-failed{--c:var(--failed);fill:var(--failed)}
        .c-running{--c:var(--running);fill:var(--running)}
        .c-waiting{--c:var(--waiting);fill:var(--waiting)}
        .c-unknown{--c:var(--unknown);fill:var(--unknown)}
        .c-limit{--c:var(--limit)}
        .limit{stroke:var(--limit);stroke-width:1.5;stroke-dasharray:5 3}
        .trend{fill:none;stroke:var(--mean);stroke-width:1.2;opacity:.45}
        .error{fill:none;stroke:var(--mean);stroke-width:1.4}
        .mean{fill:var(--mean)}
        .dots{fill:none;stroke:var(--mean);stroke-width:4;stroke-linecap:round;opacity:.7}
        details{margin:.2rem 0}
        summary{cursor:pointer;color:var(--link);font-size:.87rem;width:max-content;max-width:100%}
        .scroll{overflow:auto;max-height:34rem;margin:.5rem 0;border:1px solid var(--line);border-radius:.5rem;background:var(--card)}
        table{border-collapse:collapse;width:100%;font-size:.87rem;font-variant-numeric:tabular-nums}
        th,td{padding:.25rem .7rem;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line)}
        .w{min-width:12rem;max-width:24rem;white-space:normal;overflow-wrap:break-word}
        tbody tr:last-child td{border-bottom:0}
        th{position:sticky;top:0;background:var(--card);font-weight:600}
        .n{text-align:right}
        th button{all:unset;cursor:pointer}
        th button:focus-visible{outline:2px solid var(--link)}
        th[aria-sort=ascending] button::after{content:" \2191"}
        th[aria-sort=descending] button::after{content:" \2193"}
        article{margin:1rem 0;padding:.2rem 1rem .6rem;border:1px solid var(--line);border-left:.35rem solid var(--failed);border-radius:.6rem;background:var(--card)}
        article h3{margin-top:.6rem}
        .cause{display:grid;grid-template-columns:3.5rem minmax(3rem,16rem) minmax(8rem,1fr);gap:.7rem;align-items:center}
        .count{text-align:right;font-variant-numeric:tabular-nums}
        .what{overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
        .bar{height:.8rem;border-radius:.2rem;background:var(--line)}
        .bar i{display:block;height:100%;min-width:2px;border-radius:.2rem;background:var(--failed)}
        @media (max-width:30rem){table{font-size:.8rem}.w{min-width:8rem;max-width:12rem;overflow-wrap:anywhere}th,td,figure th,figure td{padding:.25rem .3rem}article{padding:.2rem .6rem .5rem}.cause{grid-template-columns:2.2rem 1fr;gap:.1rem .4rem;margin-bottom:.4rem}.what{grid-column:2;white-space:normal;overflow-wrap:anywhere}}
        @media print{body{background:none;font-size:10.5pt}main{max-width:none;padding:0}.skip{display:none}.scroll{max-height:none;overflow:visible}article,.tiles li{break-inside:avoid}.grid{grid-template-columns:1fr 1fr}}
        """;
}
