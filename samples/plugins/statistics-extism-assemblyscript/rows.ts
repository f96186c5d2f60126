// The little of JSON that rows of {label, count} need. The host writes it, so a form that is not expected is a mistake in the query: it
// ends the call.

export class Row {
  constructor(public label: string, public count: i64) {}
}

// As a JSON string.
export function quote(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c == 0x22 || c == 0x5c) out += "\\" + text.charAt(i);
    else if (c < 0x20) out += "\\u" + ("000" + c.toString(16)).slice(-4);
    else out += text.charAt(i);
  }
  return out + '"';
}

// As text of an HTML element.
export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export class Reader {
  private at: i32 = 0;

  constructor(private json: string) {}

  take(expected: string): bool {
    if (!this.json.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  expect(expected: string): void {
    if (!this.take(expected)) throw new Error("unexpected JSON");
  }

  text(): string {
    this.expect('"');
    let out = "";
    while (!this.take('"')) {
      if (this.at >= this.json.length) throw new Error("unexpected end of JSON");
      const c = this.json.charAt(this.at++);
      out += c == "\\" ? this.escaped() : c;
    }
    return out;
  }

  number(): i64 {
    const start = this.at;
    while (this.at < this.json.length && (this.json.charCodeAt(this.at) == 0x2d || (this.json.charCodeAt(this.at) >= 0x30 && this.json.charCodeAt(this.at) <= 0x39))) this.at++;
    return I64.parseInt(this.json.substring(start, this.at));
  }

  // [{"label":"…","count":N},…]
  rows(): Row[] {
    const rows: Row[] = [];
    this.expect("[");
    while (!this.take("]")) {
      this.take(",");
      this.expect('{"label":');
      const label = this.text();
      this.expect(',"count":');
      rows.push(new Row(label, this.number()));
      this.expect("}");
    }
    return rows;
  }

  private escaped(): string {
    const c = this.json.charAt(this.at++);
    if (c == "n") return "\n";
    if (c == "t") return "\t";
    if (c == "r") return "\r";
    if (c == "b") return "\b";
    if (c == "f") return "\f";
    if (c != "u") return c;
    this.at += 4;
    return String.fromCharCode(i32(parseInt(this.json.substring(this.at - 4, this.at), 16)));
  }
}
