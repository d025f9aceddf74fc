//! The back end for a real graphics processor: one WebGL2 call draws all marks.
//!
//! Each mark is a square whose fragment shader knows the distance to the mark's edges, from the same outlines as the
//! stamps of the other back end.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    HtmlCanvasElement, WebGl2RenderingContext as Gl, WebGlContextAttributes, WebGlProgram, WebGlShader,
    WebGlUniformLocation, WebglLoseContext,
};

use super::shape::Corner;
use super::sprite::{HALO_COVERAGE, HALO_WIDTH_CSS};
use super::surface::Extent;
use super::{MOST_MARKS, Mark, PaintError, Painter, Palette};

/// How many tones the shader keeps; WebGL2 promises room for 256 vectors in a vertex shader.
const MOST_TONES: usize = 64;
/// Bytes per mark handed over: centre, outer and inner radius as `f32`, then form, tone, alpha and a spare one.
const MARK_BYTES: i32 = 20;
/// Name of the renderer, of the extension `WEBGL_debug_renderer_info`.
const UNMASKED_RENDERER: u32 = 0x9246;
/// What renderers that are no graphics processor have in their names.
const SOFTWARE_NAMES: [&str; 5] =
    ["swiftshader", "llvmpipe", "softpipe", "software", "microsoft basic render"];

/// Puts a square around each mark, large enough for its halo.
const VERTEX_SHADER: &str = "#version 300 es
layout(location = 0) in vec2 center;
layout(location = 1) in vec2 radii;
layout(location = 2) in uvec4 look;
uniform vec2 surface;
uniform float halo_width;
uniform vec3 tones[64];
out vec2 offset;
flat out vec2 edges;
flat out vec4 ink;
flat out uint pointed;
void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
    offset = corner * (radii.x + halo_width * 1.5 + 1.0);
    vec2 at = (center + offset) / surface * 2.0 - 1.0;
    gl_Position = vec4(at.x, -at.y, 0.0, 1.0);
    edges = radii;
    ink = vec4(tones[look.y], float(look.z) / 255.0);
    pointed = look.x;
}";

/// Covers a pixel by how far its centre is inside an edge; colours come out multiplied by alpha.
const FRAGMENT_SHADER: &str = "#version 300 es
precision highp float;
uniform vec3 halo_tone;
uniform float halo_width;
uniform float halo_coverage;
in vec2 offset;
flat in vec2 edges;
flat in vec4 ink;
flat in uint pointed;
out vec4 color;
float within(float away, float edge) {
    return clamp(0.5 + edge - away, 0.0, 1.0);
}
void main() {
    float away = pointed == 1u ? (abs(offset.x) + abs(offset.y)) * 0.70710678 : length(offset);
    vec2 edge = pointed == 1u ? edges * 0.70710678 : edges;
    float hole = edge.y > 0.0 ? within(away, edge.y) : 0.0;
    float body = within(away, edge.x) - hole;
    float halo = halo_coverage * within(away, edge.x + halo_width) * (1.0 - body);
    color = vec4(ink.rgb * body + halo_tone * halo, body + halo) * ink.a;
}";

/// Paints marks with WebGL2.
#[derive(Debug)]
pub struct GpuPainter {
    canvas: HtmlCanvasElement,
    gl: Gl,
    uniforms: Uniforms,
    extent: Extent,
    /// The marks as handed over, kept to be filled anew each frame.
    packed: Vec<u8>,
    /// The palette the shader knows.
    palette: Option<Palette>,
}

#[derive(Debug)]
struct Uniforms {
    surface: Option<WebGlUniformLocation>,
    halo_width: Option<WebGlUniformLocation>,
    halo_tone: Option<WebGlUniformLocation>,
    tones: Option<WebGlUniformLocation>,
}

impl GpuPainter {
    /// A painter for `canvas`, which must not have a context of another kind. It takes whatever WebGL2 there is;
    /// [`painter_for`](super::painter_for) asks before whether that is worth having.
    pub fn new(canvas: &HtmlCanvasElement) -> Result<Self, PaintError> {
        let gl = context_of(canvas, false).ok_or(PaintError::NoContext("webgl2"))?;
        let program = link(&gl)?;
        gl.use_program(Some(&program));
        let uniform = |name: &str| gl.get_uniform_location(&program, name);
        let uniforms = Uniforms {
            surface: uniform("surface"),
            halo_width: uniform("halo_width"),
            halo_tone: uniform("halo_tone"),
            tones: uniform("tones"),
        };
        gl.uniform1f(uniform("halo_coverage").as_ref(), HALO_COVERAGE);

        gl.bind_buffer(Gl::ARRAY_BUFFER, gl.create_buffer().as_ref());
        gl.bind_vertex_array(gl.create_vertex_array().as_ref());
        for place in 0..3 {
            gl.enable_vertex_attrib_array(place);
            gl.vertex_attrib_divisor(place, 1);
        }
        gl.vertex_attrib_pointer_with_i32(0, 2, Gl::FLOAT, false, MARK_BYTES, 0);
        gl.vertex_attrib_pointer_with_i32(1, 2, Gl::FLOAT, false, MARK_BYTES, 8);
        gl.vertex_attrib_i_pointer_with_i32(2, 4, Gl::UNSIGNED_BYTE, MARK_BYTES, 16);

        gl.enable(Gl::BLEND);
        gl.blend_func(Gl::ONE, Gl::ONE_MINUS_SRC_ALPHA);
        gl.clear_color(0.0, 0.0, 0.0, 0.0);
        let (extent, packed) = (Extent::default(), Vec::new());
        Ok(GpuPainter { canvas: canvas.clone(), gl, uniforms, extent, packed, palette: None })
    }

    /// Tells the shader the colours, if they are new.
    fn use_palette(&mut self, palette: &Palette) {
        if self.palette.as_ref() == Some(palette) {
            return;
        }
        let share = |channel: u8| f32::from(channel) / 255.0;
        let tones: Vec<f32> =
            palette.tones.iter().take(MOST_TONES).flatten().map(|&channel| share(channel)).collect();
        self.gl.uniform3fv_with_f32_array(self.uniforms.tones.as_ref(), &tones);
        let [red, green, blue] = palette.halo.map(share);
        self.gl.uniform3f(self.uniforms.halo_tone.as_ref(), red, green, blue);
        self.palette = Some(palette.clone());
    }

    /// Packs the marks that can be seen; says how many.
    fn pack(&mut self, marks: &[Mark], palette: &Palette) -> i32 {
        self.packed.clear();
        let Some(last_tone) = palette.tones.len().min(MOST_TONES).checked_sub(1) else { return 0 };
        for mark in &marks[..marks.len().min(MOST_MARKS)] {
            let Some((x, y, size)) = self.extent.place(mark) else { continue };
            let outline = mark.shape.outline(size);
            for number in [x, y, outline.outer, outline.inner] {
                self.packed.extend_from_slice(&number.to_le_bytes());
            }
            let pointed = u8::from(outline.corner == Corner::Pointed);
            self.packed.extend_from_slice(&[pointed, mark.tone.min(last_tone as u8), mark.alpha, 0]);
        }
        self.packed.len() as i32 / MARK_BYTES
    }
}

impl Painter for GpuPainter {
    fn resize(&mut self, width_css: f64, height_css: f64, device_pixel_ratio: f64) {
        let extent = Extent::new(width_css, height_css, device_pixel_ratio);
        if extent == self.extent {
            return;
        }
        self.extent = extent;
        self.canvas.set_width(extent.width);
        self.canvas.set_height(extent.height);
        self.gl.viewport(0, 0, extent.width as i32, extent.height as i32);
        self.gl.uniform2f(self.uniforms.surface.as_ref(), extent.width as f32, extent.height as f32);
        self.gl.uniform1f(self.uniforms.halo_width.as_ref(), HALO_WIDTH_CSS * extent.scale);
    }

    fn paint(&mut self, marks: &[Mark], palette: &Palette) {
        let count = self.pack(marks, palette);
        self.gl.clear(Gl::COLOR_BUFFER_BIT);
        if count > 0 {
            self.use_palette(palette);
            self.gl.buffer_data_with_u8_array(Gl::ARRAY_BUFFER, &self.packed, Gl::STREAM_DRAW);
            self.gl.draw_arrays_instanced(Gl::TRIANGLE_STRIP, 0, 4, count);
        }
    }

    fn clear(&mut self) {
        self.gl.clear(Gl::COLOR_BUFFER_BIT);
    }

    fn name(&self) -> &'static str {
        "webgl2"
    }

    fn is_lost(&self) -> bool {
        self.gl.is_context_lost()
    }
}

impl Drop for GpuPainter {
    fn drop(&mut self) {
        // Browsers allow a page few contexts; this one is not to wait for the garbage collector.
        give_back(&self.gl);
    }
}

/// Whether WebGL2 would run on a graphics processor rather than on a program that acts one. It tries on a canvas of
/// its own, because a canvas keeps to the first kind of context it gave.
pub(super) fn is_real(canvas: &HtmlCanvasElement) -> bool {
    let scratch = canvas
        .owner_document()
        .and_then(|document| document.create_element("canvas").ok())
        .and_then(|element| element.dyn_into::<HtmlCanvasElement>().ok());
    let Some(gl) = scratch.and_then(|scratch| context_of(&scratch, true)) else { return false };
    let name_of = |parameter: u32| {
        gl.get_parameter(parameter).ok().and_then(|name| name.as_string()).unwrap_or_default()
    };
    let plain_name = name_of(Gl::RENDERER);
    // Some browsers tell the true name only when asked for this extension.
    let full_name = match gl.get_extension("WEBGL_debug_renderer_info") {
        Ok(Some(_)) => name_of(UNMASKED_RENDERER),
        Ok(None) | Err(_) => String::new(),
    };
    give_back(&gl);
    !is_software(&plain_name) && !is_software(&full_name)
}

/// Whether a renderer of this name is a program that acts a graphics processor.
fn is_software(renderer: &str) -> bool {
    let renderer = renderer.to_lowercase();
    SOFTWARE_NAMES.iter().any(|name| renderer.contains(name))
}

/// A WebGL2 context; nothing if there is none or, where `only_if_fast`, if the browser knows it to be slow.
fn context_of(canvas: &HtmlCanvasElement, only_if_fast: bool) -> Option<Gl> {
    let attributes = WebGlContextAttributes::new();
    attributes.set_alpha(true);
    attributes.set_premultiplied_alpha(true);
    attributes.set_antialias(false);
    attributes.set_depth(false);
    attributes.set_stencil(false);
    attributes.set_fail_if_major_performance_caveat(only_if_fast);
    canvas.get_context_with_context_options("webgl2", &attributes).ok()??.dyn_into().ok()
}

/// Gives a context's memory back to the browser.
fn give_back(gl: &Gl) {
    if let Ok(Some(extension)) = gl.get_extension("WEBGL_lose_context") {
        // The extension's object has no class a browser can check.
        JsValue::from(extension).unchecked_into::<WebglLoseContext>().lose_context();
    }
}

/// The program of both shaders.
fn link(gl: &Gl) -> Result<WebGlProgram, PaintError> {
    let refused = |reason: Option<String>| PaintError::Refused(reason.unwrap_or_default());
    let program = gl.create_program().ok_or_else(|| refused(None))?;
    gl.attach_shader(&program, &compile(gl, Gl::VERTEX_SHADER, VERTEX_SHADER)?);
    gl.attach_shader(&program, &compile(gl, Gl::FRAGMENT_SHADER, FRAGMENT_SHADER)?);
    gl.link_program(&program);
    if gl.get_program_parameter(&program, Gl::LINK_STATUS).is_truthy() {
        Ok(program)
    } else {
        Err(refused(gl.get_program_info_log(&program)))
    }
}

fn compile(gl: &Gl, kind: u32, source: &str) -> Result<WebGlShader, PaintError> {
    let refused = |reason: Option<String>| PaintError::Refused(reason.unwrap_or_default());
    let shader = gl.create_shader(kind).ok_or_else(|| refused(None))?;
    gl.shader_source(&shader, source);
    gl.compile_shader(&shader);
    if gl.get_shader_parameter(&shader, Gl::COMPILE_STATUS).is_truthy() {
        Ok(shader)
    } else {
        Err(refused(gl.get_shader_info_log(&shader)))
    }
}

#[cfg(test)]
mod tests {
    use super::is_software;

    #[test]
    fn renderers_that_act_a_graphics_processor_are_known() {
        let acted = [
            "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (LLVM 10.0.0) (0x0000C0DE)), SwiftShader driver)",
            "Mesa/X.org, llvmpipe (LLVM 15.0.7, 256 bits)",
            "ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0)",
            "Apple Software Renderer",
        ];
        assert!(acted.iter().all(|name| is_software(name)));
        let real =
            ["ANGLE (Intel, Mesa Intel(R) UHD Graphics 620, OpenGL 4.6)", "Apple GPU", "WebKit WebGL", ""];
        assert!(!real.iter().any(|name| is_software(name)));
    }
}
